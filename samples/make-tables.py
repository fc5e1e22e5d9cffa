#!/usr/bin/env python3
"""Makes customers.xlsx and slips.csv: what an outside CRM and a bank hand over, as untidy as such files are (openpyxl)."""

import datetime

import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "客户"
sheet.append(["客户档案（CRM 导出）", None, None, None, None, None, None])
sheet.append([None])
sheet.append(["客户编号", "*客户名称", "联系人", "联系电话", "意向等级", "来源", "安装地址", "建档日期"])
sheet.append(["C-001", "杭州智联科技", "王总", 13800000000, "Ａ", "展会", "杭州市滨江区江南大道 100 号", datetime.date(2026, 3, 2)])
sheet.append(["C-002", "宁波海川机械（集团）", "李工", "0574-87654321", "b级", "官网", None, datetime.date(2026, 3, 3)])
sheet.append(["C-003", "　佛山乐居家具　", None, None, None, None, None, None])
# A cell far below that somebody once formatted.
sheet.cell(row=400, column=3).font = openpyxl.styles.Font(bold=True)
book.save("customers.xlsx")

slips = """流水号,合同编号,付款金额（万元）,付款单位,到账日期
２０２６０３０９０１,HT-2026-001,28.6,杭州智联科技,2026年3月9日
2026030902,ht2026—002,12.5,宁波海川机械（集团）,2026/3/9
"""
with open("slips.csv", "wb") as file:
    file.write(slips.encode("gb18030"))

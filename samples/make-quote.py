"""Makes quote.pdf: a one-page quotation whose text a program can read.

usage: python3 make-quote.py [quote.pdf]     needs reportlab
The Chinese font is named, not embedded (STSong-Light, which every PDF viewer replaces), so the file stays small.
Companies, people and amounts are invented.
"""

import sys

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Table

FONT = "STSong-Light"
ITEMS = [("全自动贴标机 TB-200", 2, 68_000), ("扫码入库工位", 1, 45_000), ("输送线改造(12 米)", 1, 62_000), ("安装、调试与培训", 1, 25_000), ("三年维保", 1, 18_000)]


def main(out="quote.pdf"):
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    page = canvas.Canvas(out, pagesize=A4, invariant=1)
    page.setTitle("报价单 BJ-2026-1123")
    width, height = A4
    page.setFont(FONT, 24)
    page.drawCentredString(width / 2, height - 32 * mm, "报 价 单")
    page.setFont(FONT, 10.5)
    lines = [
        ("报价单编号：BJ-2026-1123", "日期：2026 年 11 月 23 日"),
        ("客户：杭州智联科技", "联系人：王总"),
        ("供方：触达示例设备有限公司", "有效期：30 天"),
    ]
    for row, (left, right) in enumerate(lines):
        y = height - (48 + row * 7.5) * mm
        page.drawString(22 * mm, y, left)
        page.drawString(120 * mm, y, right)

    total = sum(count * price for _, count, price in ITEMS)
    rows = [["序号", "名称与规格", "数量", "单价(元)", "金额(元)"]]
    rows += [[str(i), name, str(count), f"{price:,}.00", f"{count * price:,}.00"] for i, (name, count, price) in enumerate(ITEMS, 1)]
    rows += [["", "合计(含 13% 增值税)", "", "", f"{total:,}.00"]]
    table = Table(rows, colWidths=[14 * mm, 72 * mm, 18 * mm, 30 * mm, 32 * mm], rowHeights=10 * mm)
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), FONT, 10.5),
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.92, 0.94, 0.97)),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("ALIGN", (0, 0), (0, -1), "CENTER"),
            ("ALIGN", (2, 0), (-1, -1), "RIGHT"),
            ("LINEABOVE", (0, -1), (-1, -1), 1.2, colors.black),
        ]
    )
    table.wrapOn(page, width, height)
    below = height - 78 * mm - len(rows) * 10 * mm
    table.drawOn(page, 22 * mm, below)

    page.setFont(FONT, 10.5)
    for row, line in enumerate(["付款：合同签订付 30 %，到货付 60 %，验收付 10 %。", "交货：合同生效后 45 天。", "质保：验收之日起 36 个月。"]):
        page.drawString(22 * mm, below - (12 + row * 7.5) * mm, line)
    page.drawString(120 * mm, below - 45 * mm, "报价人：________________")
    page.save()


if __name__ == "__main__":
    main(*sys.argv[1:])

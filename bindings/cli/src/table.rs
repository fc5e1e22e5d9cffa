//! Columns that line up in a terminal, where a Chinese character is two cells wide.

use unicode_width::UnicodeWidthStr as _;

/// Rows as lines, each column as wide as its widest cell, two spaces between columns, `indent` spaces in front.
pub(crate) fn table(indent: usize, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> =
        (0..columns).map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0)).collect();
    let lines: Vec<String> = rows.iter().map(|row| " ".repeat(indent) + line(row, &widths).trim_end() + "\n").collect();
    lines.concat()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| cell.clone() + &" ".repeat(width - cell.width())).collect();
    cells.join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let rows = [vec!["佛山乐居".into(), "12".into()], vec!["ACME".into(), "7".into()]];
        assert_eq!(table(2, &rows), "  佛山乐居  12\n  ACME      7\n");
    }

    #[test]
    fn short_rows_end_early() {
        assert_eq!(table(0, &[vec!["a".into()], vec!["b".into(), "c".into()]]), "a\nb  c\n");
        assert_eq!(table(0, &[]), "");
    }
}

"""Files made from results: tables, the workbook, the record; pictures by way of the window's plots."""

#include <xlsxwriter.h>

/// Whether a sheet's rows did not all reach their temporary file: the library writes them without looking. To be asked
/// before the workbook is closed.
static inline int ruhu_sheet_failed(lxw_worksheet *sheet) {
    FILE *rows = sheet->optimize_tmpfile;
    return rows != NULL && (fflush(rows) != 0 || ferror(rows) != 0);
}

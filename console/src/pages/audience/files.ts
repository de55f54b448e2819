// Files of contacts: the template to fill in, and the head of a file to look at.

/** The most of a text file that is sent to look at its columns. */
const HEAD_BYTES = 128 * 1024;
const NEWLINE = 10;
const BYTE_ORDER_MARK = "\ufeff";

export const TEMPLATE_HEADERS = ["country", "phone", "name", "email", "remark"] as const;
const TEMPLATE_ROWS = [
  ["CN", "138 0013 8000", "小丽", "li@example.com", ""],
  ["DE", "+49 170 1234567", "Ana", "", "Regular customer"],
];

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A file to fill in.  The mark makes spreadsheets read it as UTF-8. */
export function templateCsv(): string {
  const rows = [TEMPLATE_HEADERS, ...TEMPLATE_ROWS];
  return `${BYTE_ORDER_MARK}${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Where the last whole line of some bytes ends; all of them when there is no end of a line. */
export function endOfLastLine(bytes: Uint8Array): number {
  const found = bytes.lastIndexOf(NEWLINE);
  return found === -1 ? bytes.length : found + 1;
}

function isWorkbook(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** What is enough of a file to see its columns: whole lines of a text, all of a workbook. */
export async function headOf(file: File): Promise<Blob> {
  if (file.size <= HEAD_BYTES) return file;
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  return isWorkbook(bytes) ? file : new Blob([bytes.slice(0, endOfLastLine(bytes))]);
}

/** Give the person a file that was made here. */
export function download(content: string, fileName: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}

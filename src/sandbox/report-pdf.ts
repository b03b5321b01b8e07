/** A report as a readable PDF. Truework documents no layout; this one is our own. */
import type { Report } from '../truework/schemas/report.ts';
import { PAGE_HEIGHT, PAGE_WIDTH, PdfDocument, printableText, widthOf, type TextStyle } from './pdf.ts';

const MARGIN = 54;
const LABEL_WIDTH = 150;
const LINE = 15;
const PLAIN: TextStyle = { size: 10 };
const BOLD: TextStyle = { size: 10, bold: true };

/** @returns the bytes of the file; the same report gives the same bytes. */
export function reportPdf(report: Report, title = 'Verification report'): Uint8Array<ArrayBuffer> {
  const document = new PdfDocument({
    title,
    producer: 'Truework local sandbox',
    created: new Date(report.completed ?? report.created),
  });
  const writer = new ReportWriter(document);
  writer.heading(title, 18);
  writer.text('Created by a local sandbox from test data. It does not describe a real person.');
  const { employee, employer } = report;

  writer.heading('Report');
  writer.row('Report', report.id);
  writer.row('Verification request', report.verification_request.id);
  writer.row('Type', report.verification_request.type);
  writer.row('Current as of', report.current_as_of);
  writer.row('Completed', report.completed);
  writer.row('Method', report.completed_by_method?.raw_value);

  writer.heading('Employee');
  writer.row('Name', [employee?.first_name, employee?.last_name].filter(Boolean).join(' '));
  writer.row('Social security number', employee?.social_security_number);
  writer.row(
    'Status',
    [employee?.status?.canonical_value, employee?.status_detail?.canonical_value].filter(Boolean).join(', '),
  );
  writer.row('Hired', employee?.hired_date);
  writer.row('On leave since', employee?.on_leave_date);
  writer.row('Terminated', employee?.termination_date);
  for (const position of employee?.positions ?? []) {
    writer.row(
      'Position',
      `${position.title ?? 'unknown'} (${position.employment_type?.canonical_value ?? 'unknown'}), ${position.start_date ?? '?'} to ${position.end_date ?? 'today'}`,
    );
  }

  writer.heading('Employer');
  writer.row('Name', employer?.name);
  const address = employer?.address;
  writer.row(
    'Address',
    [address?.address, address?.city, address?.country_subdivision_code, address?.postal_code]
      .filter(Boolean)
      .join(', '),
  );
  for (const id of employer?.government_ids ?? []) writer.row('Tax id', id.id);

  if (employee?.salary || employee?.earnings?.length) writer.heading('Pay');
  const rate = employee?.salary?.pay_rate;
  writer.row('Pay rate', rate?.amount ? `$${rate.amount} ${rate.unit?.canonical_value ?? ''}` : null);
  writer.row('Pay frequency', employee?.salary?.pay_frequency?.canonical_value);
  writer.row('Hours per week', employee?.salary?.hours_per_week);
  if (employee?.earnings?.length) {
    writer.columns(
      ['Year', 'Base', 'Bonus', 'Other', 'Total'],
      employee.earnings.map((year) => [year.year, year.base, year.bonus, year.other, year.total]),
    );
  }
  if (report.paystubs?.length) {
    writer.heading('Paystubs');
    writer.columns(
      ['Pay date', 'From', 'To', 'Gross', 'Net'],
      report.paystubs.map((stub) => [
        stub.pay_date,
        stub.pay_period_start_date,
        stub.pay_period_end_date,
        stub.gross,
        stub.net,
      ]),
    );
  }
  return document.toBytes();
}

/** Lays out content from top to bottom, on as many pages as needed. */
class ReportWriter {
  readonly #document: PdfDocument;
  #y = PAGE_HEIGHT - MARGIN;

  constructor(document: PdfDocument) {
    this.#document = document;
    document.addPage();
  }

  heading(text: string, size = 13): void {
    this.#down(size + LINE);
    this.#document.put(text, MARGIN, this.#y, { size, bold: true });
    this.#down(6);
  }

  text(text: string): void {
    for (const line of wrapLines(text, PAGE_WIDTH - 2 * MARGIN)) {
      this.#down(LINE);
      this.#document.put(line, MARGIN, this.#y, PLAIN);
    }
  }

  /** Absent values are omitted. */
  row(label: string, value: string | null | undefined): void {
    if (!value) return;
    for (const [index, line] of wrapLines(value, PAGE_WIDTH - 2 * MARGIN - LABEL_WIDTH).entries()) {
      this.#down(LINE);
      if (index === 0) this.#document.put(label, MARGIN, this.#y, BOLD);
      this.#document.put(line, MARGIN + LABEL_WIDTH, this.#y, PLAIN);
    }
  }

  columns(head: readonly string[], rows: readonly (readonly (string | null)[])[]): void {
    const width = (PAGE_WIDTH - 2 * MARGIN) / head.length;
    this.#down(LINE + 4);
    head.forEach((text, index) => {
      this.#document.put(text, MARGIN + index * width, this.#y, BOLD);
    });
    for (const row of rows) {
      this.#down(LINE);
      row.forEach((text, index) => {
        this.#document.put(text ?? '', MARGIN + index * width, this.#y, PLAIN);
      });
    }
  }

  #down(points: number): void {
    this.#y -= points;
    if (this.#y >= MARGIN) return;
    this.#document.addPage();
    this.#y = PAGE_HEIGHT - MARGIN - points;
  }
}

/** Wraps words into lines; a word longer than a line is truncated. */
function wrapLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).map(printableText)) {
    for (const piece of cut(word, width)) {
      const longer = line === '' ? piece : `${line} ${piece}`;
      if (widthOf(longer, PLAIN) <= width) {
        line = longer;
      } else {
        lines.push(line);
        line = piece;
      }
    }
  }
  return [...lines, line];
}

function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (widthOf(rest, PLAIN) > width) {
    let length = Math.min(rest.length, 200);
    while (length > 1 && widthOf(rest.slice(0, length), PLAIN) > width) length -= 1;
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...pieces, rest];
}

/** A report as a PDF that a person can read. Truework documents no layout: this one is ours. */
import { PDFDocument, StandardFonts, type PDFFont, type PDFPage } from '@cantoo/pdf-lib';
import type { Report } from '../truework/schemas/report.ts';

const WIDTH = 612;
const HEIGHT = 792;
const MARGIN = 54;
const LABEL_WIDTH = 150;
const SIZE = 10;
const LINE = 15;

/** @returns the bytes of the file; the same report gives the same bytes. */
export async function reportPdf(report: Report, title = 'Verification report'): Promise<Uint8Array<ArrayBuffer>> {
  const document = await PDFDocument.create();
  const date = new Date(report.completed ?? report.created);
  document.setTitle(title);
  document.setProducer('Truework local sandbox');
  document.setCreationDate(date);
  document.setModificationDate(date);
  const writer = new Writer(
    document,
    await document.embedFont(StandardFonts.Helvetica),
    await document.embedFont(StandardFonts.HelveticaBold),
  );
  writer.heading(title, 18);
  writer.text('Made by a local sandbox from test data. It says nothing about any real person.');
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
  return new Uint8Array(await document.save());
}

class Writer {
  readonly #document: PDFDocument;
  readonly #font: PDFFont;
  readonly #bold: PDFFont;
  readonly #known: ReadonlySet<number>;
  #page: PDFPage;
  #y = HEIGHT - MARGIN;

  constructor(document: PDFDocument, font: PDFFont, bold: PDFFont) {
    this.#document = document;
    this.#font = font;
    this.#bold = bold;
    this.#known = new Set(font.getCharacterSet());
    this.#page = document.addPage([WIDTH, HEIGHT]);
  }

  heading(text: string, size = 13): void {
    this.#down(size + LINE);
    this.#put(text, MARGIN, size, this.#bold);
    this.#down(6);
  }

  text(text: string): void {
    for (const line of this.#wrap(text, WIDTH - 2 * MARGIN)) {
      this.#down(LINE);
      this.#put(line, MARGIN);
    }
  }

  /** Nothing is written for what is absent. */
  row(label: string, value: string | null | undefined): void {
    if (!value) return;
    for (const [index, line] of this.#wrap(value, WIDTH - 2 * MARGIN - LABEL_WIDTH).entries()) {
      this.#down(LINE);
      if (index === 0) this.#put(label, MARGIN, SIZE, this.#bold);
      this.#put(line, MARGIN + LABEL_WIDTH);
    }
  }

  columns(head: readonly string[], rows: readonly (readonly (string | null)[])[]): void {
    const width = (WIDTH - 2 * MARGIN) / head.length;
    this.#down(LINE + 4);
    head.forEach((text, index) => {
      this.#put(text, MARGIN + index * width, SIZE, this.#bold);
    });
    for (const row of rows) {
      this.#down(LINE);
      row.forEach((text, index) => {
        this.#put(text ?? '', MARGIN + index * width);
      });
    }
  }

  #down(points: number): void {
    this.#y -= points;
    if (this.#y >= MARGIN) return;
    this.#page = this.#document.addPage([WIDTH, HEIGHT]);
    this.#y = HEIGHT - MARGIN - points;
  }

  #put(text: string, x: number, size = SIZE, font = this.#font): void {
    this.#page.drawText(this.#encodable(text), { x, y: this.#y, size, font });
  }

  /** The built-in fonts know Western European letters only. */
  #encodable(text: string): string {
    return Array.from(text.normalize('NFC'), (character) =>
      this.#known.has(character.codePointAt(0) ?? 0) ? character : '?',
    ).join('');
  }

  /** Words to lines; a word longer than a line is cut. */
  #wrap(text: string, width: number): string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of this.#encodable(text).split(/\s+/)) {
      for (const piece of this.#cut(word, width)) {
        const longer = line === '' ? piece : `${line} ${piece}`;
        if (this.#font.widthOfTextAtSize(longer, SIZE) <= width) {
          line = longer;
        } else {
          lines.push(line);
          line = piece;
        }
      }
    }
    return [...lines, line];
  }

  #cut(word: string, width: number): string[] {
    const pieces: string[] = [];
    let rest = word;
    while (this.#font.widthOfTextAtSize(rest, SIZE) > width) {
      let length = Math.min(rest.length, 200);
      while (length > 1 && this.#font.widthOfTextAtSize(rest.slice(0, length), SIZE) > width) length -= 1;
      pieces.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    return [...pieces, rest];
  }
}

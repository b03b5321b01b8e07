/**
 * PDF files of text in Helvetica, a font that every reader has. Source: ISO 32000-1 (PDF 1.7), which describes the file
 * (7.5), strings (7.3.4) and WinAnsiEncoding (annex D).
 */

/** Points, 72 to the inch: US Letter. */
export const PAGE_WIDTH = 612;
export const PAGE_HEIGHT = 792;

/** The characters of the codes 0x80 to 0x9F; those of all other codes have the code as their code point. */
const CODES_FROM_80 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const FIRST_CODE = 0x20;

/** Adobe's metrics of its core fonts: for each code from 0x20 on, thousandths of the font size; 0 where there is no glyph. */
const HELVETICA = numbers(`
  278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556
  1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556
  333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584 0
  556 0 222 556 333 1000 556 556 333 1000 667 333 1000 0 611 0 0 222 222 333 333 350 556 1000 333 1000 500 333 944 0 500 500
  278 333 556 556 556 556 260 556 333 737 370 556 584 333 737 333 400 584 333 333 333 556 537 278 333 333 365 556 834 834 834 611
  667 667 667 667 667 667 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778 778 584 778 722 722 722 722 667 667 611
  556 556 556 556 556 556 889 500 556 556 556 556 278 278 278 278 556 556 556 556 556 556 556 584 611 556 556 556 556 500 556 500
`);
const HELVETICA_BOLD = numbers(`
  278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611
  975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556
  333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584 0
  556 0 278 556 500 1000 556 556 333 1000 667 333 1000 0 611 0 0 278 278 500 500 350 556 1000 333 1000 556 333 944 0 500 556
  278 333 556 556 556 556 280 556 333 737 370 556 584 333 737 333 400 584 333 333 333 611 556 278 333 333 365 556 834 834 834 611
  722 722 722 722 722 722 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778 778 584 778 722 722 722 722 667 667 611
  556 556 556 556 556 556 889 556 556 556 556 556 278 278 278 278 611 611 611 611 611 611 611 584 611 611 611 611 611 556 611 556
`);

/** How a text is set. */
export interface TextStyle {
  /** Points. */
  readonly size: number;
  readonly bold?: boolean;
}

/** What a reader shows about the file. */
export interface PdfInfo {
  readonly title: string;
  readonly producer: string;
  readonly created: Date;
}

/** The text with a question mark for each character that the fonts, which are Western European, have no glyph for. */
export function printableText(text: string): string {
  return Array.from(text.normalize('NFC'), (character) =>
    winAnsiCode(character) === undefined ? '?' : character,
  ).join('');
}

/** The width of a {@link printableText} text in points. */
export function widthOf(text: string, { size, bold = false }: TextStyle): number {
  const widths = bold ? HELVETICA_BOLD : HELVETICA;
  let width = 0;
  for (const code of encode(text)) width += widths[code - FIRST_CODE] ?? 0;
  return (width * size) / 1000;
}

/** A document in the making. The same calls give the same bytes. */
export class PdfDocument {
  readonly #info: PdfInfo;
  readonly #pages: string[] = [];

  constructor(info: PdfInfo) {
    this.#info = info;
  }

  /** Begins a page, on which everything is put from then on. */
  addPage(): void {
    this.#pages.push('');
  }

  /**
   * Puts a line of text on the newest page, its beginning at a point counted from the lower left corner.
   * @throws Error when there is no page yet
   */
  put(text: string, x: number, y: number, { size, bold = false }: TextStyle): void {
    const page = this.#pages.pop();
    if (page === undefined) throw new Error('Add a page first.');
    this.#pages.push(
      `${page}BT /${bold ? 'F2' : 'F1'} ${decimal(size)} Tf ${decimal(x)} ${decimal(y)} Td ${literal(text)} Tj ET\n`,
    );
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const pageNumber = (index: number): number => 6 + 2 * index;
    const font = (name: string): string =>
      `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
    const date = literal(`D:${this.#info.created.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`);
    // An object's number is its place in this list, from 1 on.
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R >>',
      `<< /Type /Pages /Kids [${this.#pages.map((_, index) => `${pageNumber(index)} 0 R`).join(' ')}] /Count ${this.#pages.length} /MediaBox [0 0 ${PAGE_WIDTH} ${PAGE_HEIGHT}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>`,
      font('Helvetica'),
      font('Helvetica-Bold'),
      `<< /Title ${unicode(this.#info.title)} /Producer ${unicode(this.#info.producer)} /CreationDate ${date} /ModDate ${date} >>`,
      ...this.#pages.flatMap((content, index) => [
        `<< /Type /Page /Parent 2 0 R /Contents ${pageNumber(index) + 1} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}endstream`,
      ]),
    ];
    // Every character is one byte: all are ASCII, but for the comment that tells programs that the file is binary.
    let file = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
    const offsets: number[] = [];
    for (const [index, object] of objects.entries()) {
      offsets.push(file.length);
      file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    }
    // An entry of the table is 20 bytes, its end of line two of them.
    const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
    const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`;
    const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>`;
    return Uint8Array.from(Buffer.from(`${file}${table}${trailer}\nstartxref\n${file.length}\n%%EOF\n`, 'latin1'));
  }
}

function numbers(text: string): readonly number[] {
  return text.trim().split(/\s+/).map(Number);
}

/** The code of a character in WinAnsiEncoding, or undefined when it has no glyph. */
function winAnsiCode(character: string): number | undefined {
  const from80 = CODES_FROM_80.indexOf(character);
  const point = character.codePointAt(0) ?? 0;
  if (from80 === -1 && point >= 0x80 && point < 0xa0) return undefined;
  const code = from80 === -1 ? point : 0x80 + from80;
  return HELVETICA[code - FIRST_CODE] ? code : undefined;
}

function encode(text: string): number[] {
  return Array.from(printableText(text), (character) => winAnsiCode(character) ?? FIRST_CODE);
}

/** A text as a string of the content, in ASCII. */
function literal(text: string): string {
  const characters = encode(text).map((code) => {
    const character = String.fromCharCode(code);
    if ('()\\'.includes(character)) return `\\${character}`;
    return code < 0x80 ? character : `\\${code.toString(8)}`;
  });
  return `(${characters.join('')})`;
}

/** A text in any alphabet, for what is not drawn. */
function unicode(text: string): string {
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;
}

/** PDF knows no exponents. */
function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}

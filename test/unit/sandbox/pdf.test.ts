import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { PdfDocument, printableText, widthOf } from '../../../src/sandbox/pdf.ts';

const INFO = { title: 'A title', producer: 'A test', created: new Date('2026-02-03T04:05:06.789Z') };

function documentOf(...texts: readonly string[]): string {
  const document = new PdfDocument(INFO);
  for (const text of texts) {
    document.addPage();
    document.put(text, 54, 700.25, { size: 10 });
  }
  return Buffer.from(document.toBytes()).toString('latin1');
}

/** The bytes of the strings that a file draws, read as ISO 32000-1, 7.3.4.2 says. */
function drawnStrings(file: string): string[] {
  return Array.from(file.matchAll(/^BT \/F1 10 Tf 54 700\.25 Td \((.*)\) Tj ET$/gm), ([, content = '']) => {
    assert.match(content, /^(?:[^()\\\r\n]|\\[()\\]|\\[0-7]{3})*$/, 'no delimiter is left unescaped');
    return content.replaceAll(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, character: string) =>
      octal === undefined ? character : String.fromCharCode(parseInt(octal, 8)),
    );
  });
}

describe('A PDF document', () => {
  it('is read by another library, with its pages, size, title and date', async () => {
    const document = new PdfDocument({ ...INFO, title: 'Žofie (李雷) 🙂' });
    for (let page = 0; page < 12; page += 1) document.addPage();
    const read = await PDFDocument.load(document.toBytes(), { throwOnInvalidObject: true, updateMetadata: false });
    assert.equal(read.getPageCount(), 12);
    assert.deepEqual(read.getPage(11).getSize(), { width: 612, height: 792 });
    assert.equal(read.getTitle(), 'Žofie (李雷) 🙂');
    assert.equal(read.getProducer(), 'A test');
    assert.equal(read.getCreationDate()?.toISOString(), '2026-02-03T04:05:06.000Z');
  });

  it('has a cross-reference table whose entries lead to their objects', () => {
    const file = documentOf('one', 'two', 'three');
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    const table = /^xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)trailer\n<< \/Size (\d+) /.exec(file.slice(start));
    assert.ok(table, 'startxref leads to the table');
    const entries = (table[2] ?? '').match(/.{19}\n/g) ?? [];
    assert.deepEqual([Number(table[1]), Number(table[3])], [entries.length, entries.length]);
    assert.equal(entries.length, 1 + 5 + 3 * 2);
    for (const [number, entry] of entries.entries()) {
      if (number === 0) assert.equal(entry, '0000000000 65535 f \n');
      else assert.ok(file.startsWith(`${number} 0 obj\n`, Number(entry.slice(0, 10))), `object ${number}`);
    }
  });

  it('states the length of each page’s content', () => {
    const streams = [...documentOf('one', '(two) \\ ü').matchAll(/<< \/Length (\d+) >>\nstream\n([\s\S]*?)endstream/g)];
    assert.equal(streams.length, 2);
    for (const [, length, content] of streams) assert.equal(Number(length), content?.length);
  });

  it('draws any text as that text and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const [drawn = '', ...others] = drawnStrings(documentOf(text));
        assert.deepEqual(others, []);
        // The characters of the codes 0x80 to 0x9F are looked at below.
        assert.equal(drawn.replaceAll(/[\x80-\x9f]/g, '*'), printableText(text).replaceAll(/[^\0-\xff]/g, '*'));
      }),
    );
    for (const text of [') Tj ET BT (', '\\', '\\)', '((', ') >> endobj', '%%EOF'])
      assert.deepEqual(drawnStrings(documentOf(text)), [text]);
    assert.deepEqual(drawnStrings(documentOf('€5 – Œ™')), ['\x805 \x96 \x8c\x99']);
  });

  it('shows a question mark for what its fonts lack', () => {
    assert.equal(printableText('Zoë €5 – “Œuvre” ™'), 'Zoë €5 – “Œuvre” ™');
    assert.equal(printableText('e\u0301'), 'é', 'composed');
    assert.equal(printableText('李雷 🙂 \u202e\0\n\x7f\x80\x81'), '?? ? ??????');
  });

  it('measures text by the widths of the glyphs', () => {
    assert.equal(widthOf('', { size: 10 }), 0);
    assert.equal(widthOf('WiW', { size: 10 }), 21.1);
    assert.equal(widthOf('WiW', { size: 20, bold: true }), 43.32);
    assert.equal(widthOf('€…ß', { size: 1000 }), 556 + 1000 + 611);
  });

  it('takes text only once it has a page', () => {
    assert.throws(() => {
      new PdfDocument(INFO).put('text', 0, 0, { size: 10 });
    }, /Add a page first/);
  });
});

import type { Finding } from '../detector/finding.ts';
import type { PlacedFinding } from './files.ts';

/** The position in the file at which a part of its text begins. */
export interface Origin {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export const FILE_START: Origin = { offset: 0, line: 0, column: 0 };

const LINE_BREAK = /\r\n|\n|\r/g;

/** Adds the lines and columns in the file to findings of a text, which must be in order. */
export function placed(text: string, findings: readonly Finding[], origin: Origin = FILE_START): PlacedFinding[] {
  const counter = new LineCounter(text, origin);
  return findings.map((finding) => {
    const start = counter.at(finding.start);
    // Base64 text may span several lines, and the next finding may begin before its end.
    const end = new LineCounter(text, origin, counter).at(finding.end);
    return {
      ...finding,
      start: finding.start + origin.offset,
      end: finding.end + origin.offset,
      ...(finding.suppressedBy?.by === 'comment' && {
        suppressedBy: {
          ...finding.suppressedBy,
          start: finding.suppressedBy.start + origin.offset,
          end: finding.suppressedBy.end + origin.offset,
        },
      }),
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  });
}

/** The position of an offset in the file, as the origin of the text that begins there. */
export function originAt(text: string, offset: number, origin: Origin): Origin {
  return { ...new LineCounter(text, origin).at(offset), offset: origin.offset + offset };
}

/** Counts lines forward: call `at` with ascending offsets. */
class LineCounter {
  readonly #text: string;
  #line: number;
  /** The offset at which the line begins; negative if that is before the text. */
  #lineStart: number;
  /** The offset at which the next line begins; Infinity after the last one. */
  #nextStart: number;

  constructor(text: string, origin: Origin, from?: LineCounter) {
    this.#text = text;
    this.#line = from ? from.#line : origin.line;
    this.#lineStart = from ? from.#lineStart : -origin.column;
    this.#nextStart = from ? from.#nextStart : this.#lineAfter(0);
  }

  at(offset: number): { line: number; column: number } {
    while (this.#nextStart <= offset) {
      this.#line++;
      this.#lineStart = this.#nextStart;
      this.#nextStart = this.#lineAfter(this.#lineStart);
    }
    return { line: this.#line, column: offset - this.#lineStart };
  }

  #lineAfter(start: number): number {
    LINE_BREAK.lastIndex = start;
    const match = LINE_BREAK.exec(this.#text);
    return match ? match.index + match[0].length : Infinity;
  }
}

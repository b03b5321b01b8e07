/**
 * Chooses the format of the response by the Accept header, and checks the API version in it.
 * Source: https://www.truework.com/docs/api-reference/versions.
 */
import { ApiError } from './api-error.ts';
import { API_VERSION } from '../truework/facts.ts';

export type AnswerForm = 'json' | 'pdf';

interface Range {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
  readonly place: number;
}

/** @throws ApiError 406 if no offered format is accepted, or the version is not the key's */
export function negotiate(accept: string | undefined, offered: readonly AnswerForm[]): AnswerForm {
  const ranges = (accept === undefined || accept.trim() === '' ? '*/*' : accept)
    .split(',')
    .map(readRange)
    .filter((range) => range.quality > 0)
    .sort((a, b) => b.quality - a.quality || specificity(b.type) - specificity(a.type) || a.place - b.place);
  for (const range of ranges) {
    const form = offered.find((each) => acceptsForm(range.type, each));
    if (!form) continue;
    if (range.version !== undefined && range.version !== API_VERSION)
      throw new ApiError(406, 'Invalid version in "Accept" header.');
    return form;
  }
  throw new ApiError(406, 'Could not satisfy the request Accept header.');
}

function readRange(text: string, place: number): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const values = new Map(
    parameters.map((parameter): [string, string] => {
      const [name = '', value = ''] = parameter.split('=').map((part) => part.trim());
      return [name.toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
    }),
  );
  const quality = Number(values.get('q') ?? 1);
  return {
    type: type.toLowerCase(),
    version: values.get('version'),
    quality: Number.isFinite(quality) ? quality : 0,
    place,
  };
}

function specificity(type: string): number {
  if (type === '*/*') return 0;
  return type.endsWith('/*') ? 1 : 2;
}

function acceptsForm(type: string, form: AnswerForm): boolean {
  return type === '*/*' || type === 'application/*' || type === `application/${form}`;
}

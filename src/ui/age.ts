import * as vscode from 'vscode';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 minutes ago" in the editor's language; `narrow` for tree rows, `long` for screen readers. */
export function age(date: Date, style: 'narrow' | 'long', now = Date.now()): string {
  const past = date.getTime() - now;
  const format = new Intl.RelativeTimeFormat(vscode.env.language, {
    style,
    numeric: style === 'narrow' ? 'always' : 'auto',
  });
  for (const [unit, ms] of UNITS) if (Math.abs(past) >= ms) return format.format(Math.trunc(past / ms), unit);
  return vscode.l10n.t('just now');
}

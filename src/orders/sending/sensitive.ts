/** Nine digits, in groups or not, whatever stands between the groups and around them. */
const SOCIAL_SECURITY_NUMBER = /(?<!\d)\d{3}[\s.\-–—]*\d{2}[\s.\-–—]*\d{4}(?!\d)/;
const KEY = /tw_(?:sk|pk)_/i;

/** True for a text that may hold a key or a social security number: it is kept in memory and never on disk. */
export function isSensitive(text: string): boolean {
  return SOCIAL_SECURITY_NUMBER.test(text) || KEY.test(text);
}

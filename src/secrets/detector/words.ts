/** Words that people write in place of a key, and that identifiers consist of. */
const WORDS = `
  abc xyz xxx yyy zzz foo bar baz qux key api not own the and for use put add set get new old any our out url app env var val
  your yours here goes this that with from some into only must will have been more less than when
  secret secrets token tokens value values string text code data name file path user password passwd passphrase
  credential credentials access auth authorization bearer account client server service private public keys
  truework verification income employment order report webhook
  test tests testing tester live prod production sandbox stage staging local develop development default demo
  example examples sample samples placeholder dummy fake mock mocked stub invalid valid wrong real actual really
  replace replaced change changed changeme insert enter paste fill write generate generated provide provided
  todo fixme redacted hidden masked removed deleted expired revoked rotated obfuscated scrubbed censored
  never commit committed secure insecure unsafe super very long short random characters chars letters digits bytes
  base64 encode encoded decode decoded hash hashed salt training identifier config configuration setting settings
  lorem ipsum dolor amet consectetur adipiscing hello world null none nothing undefined unknown empty
  documentation docs readme guide tutorial please contact support company acme widget
  string number object array buffer bytes index length count offset function method class handler factory builder provider
  manager controller adapter wrapper helper utility module package import export request response header session cookie
  connection database schema table query column migration transaction signature message event listener callback promise
  thread process worker queue cache store state component element document window button input output stream reader writer
  parser version release candidate build backup archive final should return throws error exception failed failure success
  verify validate assert expect equal exist missing windows linux conversion convert context instance interface abstract
  qwerty asdf zxcv hunter letmein admin root guest
  deadbeef cafebabe feedface facefeed badc0ffee c0ffee baadf00d decafbad 8badf00d defaced facade decade dead beef cafe babe face
`
  .trim()
  .split(/\s+/);

const STEM = 3;
const byStem = new Map<string, string[]>();
for (const word of WORDS.toSorted((a, b) => b.length - a.length)) {
  const stem = word.slice(0, STEM);
  const words = byStem.get(stem);
  if (words) words.push(word);
  else byStem.set(stem, [word]);
}

/** The length of the longest word at an offset of a text in lower case; 0 if there is none. */
export function wordLengthAt(lowerCase: string, at: number): number {
  return byStem.get(lowerCase.slice(at, at + STEM))?.find((word) => lowerCase.startsWith(word, at))?.length ?? 0;
}

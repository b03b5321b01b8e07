/** Fifty realistic texts, with the keys in each that must be found. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isReported } from '../../../../src/secrets/detector/finding.ts';
import { scan } from '../../../../src/secrets/detector/scan.ts';
import { SECRET_PREFIX } from '../../../../src/truework/keys.ts';
import { fromTemplate, hexBody } from './made-keys.ts';

const P = SECRET_PREFIX;

const texts: Record<string, string> = {
  'a Java annotation': '@Value("<P>") private String apiKey;',
  'a Kotlin triple-quoted string': 'val key = """<S>"""',
  'a Go raw string': 'const key = `<HP>`',
  'a Rust byte string': 'static KEY: &[u8] = b"<P>";',
  'a PHP array': "'truework' => ['secret' => '<S>', 'timeout' => 5],",
  'a Perl hash': 'my %h = (key=>"<HS>",);',
  'a PowerShell assignment': '$env:TRUEWORK_KEY="<P>"; Invoke-RestMethod',
  'a batch file': 'SET TRUEWORK_KEY=<P>\r\nSET OTHER=1\r\n',
  'a Dockerfile': 'ENV TRUEWORK_KEY=<S> OTHER=2',
  'a Compose list item': '    environment:\n      - TRUEWORK_API_KEY=<P>\n',
  'a Terraform variable': 'truework_key = "<HP>"\n',
  'an INI file with a comment': 'key=<S> ; for staging',
  'an nginx header': 'proxy_set_header Authorization "Bearer <P>";',
  'a query string': 'https://example.com/cb?key=<P>&next=%2F',
  'percent encoding before the key': 'token%3D<S>%26x',
  'a cookie': 'Cookie: tw=<P>; Path=/',
  'user information in a URL': 'https://<P>@api.truework.com/orders',
  'user information with a colon': 'https://user:<S>@host/',
  'a Python f-string': 'headers={"Authorization": f"Bearer <P>"}',
  'a Python repr of bytes': "b'<HS>'",
  'a Ruby symbol value': 'config.key = %q(<P>)',
  'an Elixir sigil': 'key = ~s|<P>|',
  'a Markdown table': '| prod | <P> | yes |',
  'Markdown bold': '**<HP>**',
  'a Markdown link': '[key](<P>)',
  'an HTML attribute': '<meta name="k" content="<P>">',
  'an HTML entity after the key': 'key: &quot;<S>&quot;',
  'an XML comment with spaces': '<!-- <P> -->',
  'an XML comment without spaces': '<!--<HP>-->',
  'a JSON string inside a JSON string': String.raw`"{\"a\":\"<P>\",\"b\":1}"`,
  'a JSON unicode escape before the key': String.raw`"\u0022<S>\u0022"`,
  'a line-feed escape on both sides': String.raw`"first\n<P>\nlast"`,
  'a diff of a commit': '-key = old\n+key = <P>\n',
  'a stack trace': 'Error: 401 for <P> at fetch (node:internal)',
  'a CSV with quotes': '"a","<S>","b"',
  'tab separated values': 'a\t<P>\tb',
  'two keys with a slash between them': '<P>/<HS>',
  'two hexadecimal keys glued together': '<HP><HS>',
  'a key in a sentence with an exclamation mark': 'Do not use <HP>!',
  'a key in typographic quotes': '“<P>”',
  'a key after Chinese text': '密钥：<S>。',
  'a regular expression': '/^<P>$/',
  'a template literal': '`Bearer ${"<P>"}`',
  'an environment name next to the sandbox key': 'TW_SK_TEST=<S>',
  'a publishable key beside a secret one': `tw_pk_${hexBody(5)} <P>`,
  'a placeholder beside a key': `${P}your_key_here or <P>`,
  'a key in brackets of every sort': '([{<P>}])',
  'a hexadecimal key that runs into a word': '<HP>_old',
  'a key at the very end': 'key=<P>',
  'a key that is the whole text': '<S>',
};

describe('The detector, in fifty kinds of text', () => {
  let seed = 0;
  for (const [place, template] of Object.entries(texts)) {
    const { text, places } = fromTemplate(template, ++seed);
    it(`finds the key in ${place}`, () => {
      assert.deepEqual(
        scan(text)
          .filter(isReported)
          .map(({ start, end, kind }) => ({ start, end, kind })),
        places,
      );
    });
  }
});

const W = 'test_';
const placeholders: Record<string, string> = {
  'a documentation placeholder': `${P}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`,
  'angle brackets': `${P}<your production key, 43 characters or more>`,
  'an ellipsis': `${P}...`,
  'a shell variable': `${P}\${SECRET_FROM_THE_VAULT_THAT_IS_VERY_LONG_INDEED}`,
  counting: `${P}0123456789012345678901234567890123456789`,
  'the alphabet': `${P}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ`,
  'counting letters and digits in turn': `${P}a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3`,
  'hexadecimal counting in turn': `${P}a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0`,
  'hexadecimal counting': `${P}${W}0123456789abcdef0123456789abcdef01234567`,
  'a keyboard': `${P}QwertyuiopAsdfghjklZxcvbnm1234567890Qwertyuiop`,
  'words with dashes': `${P}Replace-Me-With-A-Real-Production-Key-Before-You-Deploy`,
  'words in snake case': `${P}this_is_only_an_example_key_and_not_a_secret_at_all`,
  shouting: `${P}INSERT_YOUR_PRODUCTION_SECRET_KEY_HERE_PLEASE_AND_DO_NOT_COMMIT`,
  'dead beef': `${P}deadbeefdeadbeefdeadbeefdeadbeefdeadbeef`,
  'dead beef and others': `${P}deadbeefcafebabefeedfacebadc0ffee0ddf00d`,
  'zeros with an end': `${P}0000000000000000000000000000000000000001`,
  'a masked middle': `${P}Ab3d****************************************9xYz`,
  'a middle of x': `${P}Ab3dXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX9xYz`,
  'an identifier': `${P}readPrivateKeyMaterialFromConfigurationDirectory(path)`,
  'a constant name': 'const TW_SK_PREFIX_LENGTH_FOR_PRODUCTION_AND_SANDBOX_KEYS = 6;',
  'lorem ipsum': `${P}LoremIpsumDolorSitAmetConsecteturAdipiscingElit2024`,
  'digits appended to words': `${P}${W}MyTestSecretKeyForUnitTestsDoNotUse1234567890`,
  'a file name with a date': `${P}Backup-2024-01-01-Production-Database-Export-Final-v2`,
  'an identifier with digits': `${P}uint256ToBytes32BigEndianConversionHelperFunction`,
  'a name of a test': `${P}${W}Should_Return_404_When_The_Order_Does_Not_Exist`,
  'too short for any body': `${P}${hexBody(7).slice(0, 32)}`,
  'a space inside': `${P} ${hexBody(8)}`,
  'upper-case hexadecimal': `${P}${hexBody(9).toUpperCase()}`,
};

describe('The detector, in text that is not a key', () => {
  for (const [name, text] of Object.entries(placeholders)) {
    it(`finds nothing in ${name}`, () => {
      assert.deepEqual(scan(text), []);
    });
  }
});

/** Keys of submissions: folder names that are safe and distinct on every system, and the same on every run. */

/** Letters that Unicode does not take apart into an ASCII letter and an accent. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
};

/** Windows opens a device, whatever the folder, when a file has one of these names. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/;

const MAX_KEY_LENGTH = 60;

/** ASCII letters and digits with single hyphens between: `José O'Neil` is `jose-oneil`. May come out empty. */
export function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}|['’]/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðþłħŧı]/g, (letter) => SPELLED[letter] ?? '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_KEY_LENGTH)
    .replace(/^-|-$/g, '');
}

/** `student-12` when nothing of the name is left; never a reserved name, never empty. */
function keyOf(name: string, id: string): string {
  const folded = fold(name);
  const tail = fold(id);
  const key = [folded === '' ? 'student' : folded, tail].filter((part) => part !== '').join('-');
  return RESERVED.test(key) ? `student-${key}` : key;
}

/**
 * A key for each, in the same order. Where two would be the same, the later ones in the order given get -2, -3 ...
 * @param named  in an order that does not depend on the run
 */
export function distinctKeys(named: readonly { readonly keyName: string; readonly keyId: string }[]): string[] {
  const wanted = named.map(({ keyName, keyId }) => keyOf(keyName, keyId));
  const taken = new Set(wanted);
  const seen = new Set<string>();
  return wanted.map((key) => {
    if (!seen.has(key)) {
      seen.add(key);
      return key;
    }
    let n = 2;
    while (taken.has(`${key}-${n}`)) n += 1;
    taken.add(`${key}-${n}`);
    return `${key}-${n}`;
  });
}

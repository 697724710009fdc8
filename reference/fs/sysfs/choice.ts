/** Files of sysfs that hold one of a few words: `always [madvise] never`. Linux: fs/sysfs/, mm/huge_memory.c. */
import { EINVAL } from '../../include/errno.ts';
import { attribute, type PseudoFile } from '../proc/generic.ts';

/** @param now, set  the word that holds */
export function choice<Word extends string>(
  words: readonly Word[],
  now: () => Word,
  set: (word: Word) => void,
): PseudoFile {
  return attribute(
    () => `${words.map((word) => (word === now() ? `[${word}]` : word)).join(' ')}\n`,
    (text) => {
      const word = words.find((each) => each === text.replace(/\n$/, ''));
      if (word === undefined) return -EINVAL;
      set(word);
      return 0;
    },
  );
}

/** `true` or `false`; understands 1 and 0, y and n, on and off too. Linux: kstrtobool(). */
export function flag(now: () => boolean, set: (value: boolean) => void, words = ['false', 'true']): PseudoFile {
  return attribute(
    () => `${words[now() ? 1 : 0]}\n`,
    (text) => {
      const yes = /^(1|[yt]|on)/i.test(text);
      if (!yes && !/^(0|[nf]|of)/i.test(text)) return -EINVAL;
      set(yes);
      return 0;
    },
  );
}

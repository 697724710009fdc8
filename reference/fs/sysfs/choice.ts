/** Files of sysfs that hold one thing: a word out of a few, yes or no, a number. Linux: fs/sysfs/, lib/kstrtox.c. */
import { EINVAL } from '../../include/errno.ts';
import { attribute, type PseudoFile } from '../proc/generic.ts';

/** `always [madvise] never`. @param set  @returns 0 or a negative errno */
export function choice<Word extends string>(
  words: readonly Word[],
  now: () => Word,
  set: (word: Word) => number,
): PseudoFile {
  return attribute(
    () => `${words.map((word) => (word === now() ? `[${word}]` : word)).join(' ')}\n`,
    (text) => {
      const word = words.find((each) => each === text.replace(/\n$/, ''));
      return word === undefined ? -EINVAL : set(word);
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

/** A number from 0 on. Linux: kstrtoul(). @param set  @returns 0 or a negative errno */
export function count(now: () => number, set: (value: number) => number): PseudoFile {
  return attribute(
    () => `${now()}\n`,
    (text) => (/^\d+\n?$/.test(text) ? set(Number(text)) : -EINVAL),
  );
}

/** A suite that breaks the rule: what stands at its top level outlives a submission. */
import { subject } from '../../../suite/index.ts';

const it = subject<{ put(shelf: object): void; take(shelf: object): unknown }>('it');

class Shelf {
  item: (() => string) | null = null;
}
const shelf = new Shelf();

describe('shelf', () => {
  test('what another submission left there is void', () => {
    const { item } = shelf;
    if (item !== null) expect(item).toThrow('kept from an earlier test');
    if (item !== null) expect(() => it.take(shelf)).toThrow('kept from an earlier test');
    it.put(shelf);
    expect(shelf.item?.()).toBe('mine');
  });

  test('so is what an earlier test left, however that one ended', () => {
    expect(shelf.item).toThrow('kept from an earlier test');
    it.put(shelf);
  });
});

// Runs inside the realm before any student code. The interpreter counts calls and jumps only, so a built-in that walks a
// million elements would count as one. Here each such built-in first spins as many turns as it has elements to visit: the
// meaning stays the engine's own, the cost becomes what it does, and a walk over a made-up length of 2^53 meets the work
// limit before it starts. Returns nothing: it works by replacing.
(() => {
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { floor, log2, max, min } = Math;
  const { isInteger } = Number;
  /** Lengths beyond this are paid for before the walk, found early or not. */
  const LARGE = 1 << 20;
  /** Characters that a string built-in handles for the price of one step. */
  const CHARACTERS = 16;

  /** Spends `steps` turns of the work counter. */
  const spend = (steps) => {
    let left = floor(steps);
    if (left > 0)
      do left--;
      while (left > 0);
  };

  const lengthOf = (value) => {
    const length = value === null || value === undefined ? 0 : +value.length;
    return length > 0 ? floor(length) : 0;
  };

  /** Replaces `owner[name]` by `make(native)`, under the same name, arity and attributes. */
  const replace = (owner, name, make) => {
    const found = getOwnPropertyDescriptor(owner, name);
    if (found === undefined || typeof found.value !== 'function') return;
    const native = found.value;
    const { wrapper } = { wrapper: make(native) };
    defineProperty(wrapper, 'name', { value: native.name, configurable: true });
    defineProperty(wrapper, 'length', { value: native.length, configurable: true });
    defineProperty(owner, name, { ...found, value: wrapper });
  };

  /** The built-in costs `price(self, args)` steps, paid before it runs. Methods, so that `new` refuses them as before. */
  const prepaid = (owner, names, price) => {
    for (const name of names) {
      replace(
        owner,
        name,
        (native) =>
          ({
            paid(...args) {
              spend(price(this, args));
              return apply(native, this, args);
            },
          }).paid,
      );
    }
  };

  /** The built-in stops at what it finds: it costs the way there, known only afterwards. */
  const search = (owner, names, price) => {
    for (const name of names) {
      replace(
        owner,
        name,
        (native) =>
          ({
            paid(...args) {
              const length = lengthOf(this);
              if (length > LARGE) spend(length);
              const found = apply(native, this, args);
              if (length <= LARGE) spend(price(found, length, this, args));
              return found;
            },
          }).paid,
      );
    }
  };

  const all = (self) => lengthOf(self);
  const sorting = (self) => lengthOf(self) * max(1, log2(lengthOf(self) + 1));
  /** Callback methods: the callbacks count themselves; only the walk over holes of a huge length is hidden. */
  const holes = (self) => (lengthOf(self) > LARGE ? lengthOf(self) : 0);
  const between = (self, start, end) => {
    const length = lengthOf(self);
    const at = (value, otherwise) => {
      if (value === undefined) return otherwise;
      return isInteger(value) ? (value < 0 ? max(0, length + value) : min(value, length)) : otherwise;
    };
    return max(0, at(end, length) - at(start, 0));
  };
  const range = (self, args) => between(self, args[0], args[1]);
  const fromFront = (found, length) => (found === -1 ? length : found + 1);
  const fromBack = (found, length) => (found === -1 ? length : length - found);

  const arrays = [Array.prototype, getPrototypeOf(Uint8Array.prototype)];
  const nativeIndexOf = [].indexOf;
  for (const proto of arrays) {
    prepaid(proto, ['copyWithin', 'join', 'reverse', 'toLocaleString', 'toReversed', 'toString', 'with'], all);
    prepaid(proto, ['sort', 'toSorted'], sorting);
    prepaid(proto, ['slice'], range);
    prepaid(proto, ['fill'], (self, args) => between(self, args[1], args[2]));
    prepaid(
      proto,
      [
        'every',
        'filter',
        'find',
        'findIndex',
        'findLast',
        'findLastIndex',
        'flatMap',
        'forEach',
        'map',
        'reduce',
        'reduceRight',
        'some',
      ],
      holes,
    );
    search(proto, ['indexOf'], fromFront);
    search(proto, ['lastIndexOf'], fromBack);
    search(proto, ['includes'], (found, length, self, args) =>
      found ? fromFront(apply(nativeIndexOf, self, args), length) : length,
    );
  }
  prepaid(Array.prototype, ['flat', 'shift'], all);
  prepaid(Array.prototype, ['splice', 'toSpliced', 'unshift'], (self, args) => lengthOf(self) + args.length);
  prepaid(Array.prototype, ['concat'], (self, args) => {
    let total = lengthOf(self);
    for (let i = 0; i < args.length; i++)
      total += typeof args[i] === 'object' || typeof args[i] === 'function' ? lengthOf(args[i]) : 1;
    return total;
  });
  prepaid(arrays[1], ['set'], (_, args) => lengthOf(args[0]));
  prepaid(Array, ['from'], (_, args) => lengthOf(args[0]));
  prepaid(getPrototypeOf(Uint8Array), ['from'], (_, args) => lengthOf(args[0]));

  // Spread, destructuring, Array.from, new Set(...) all draw from these; as functions of the realm, each draw counts.
  for (const iterator of [[].values(), new Map().entries(), new Set().values(), ''[Symbol.iterator]()]) {
    replace(
      getPrototypeOf(iterator),
      'next',
      (native) =>
        ({
          next() {
            return apply(native, this, []);
          },
        }).next,
    );
  }

  const characters = (self) => lengthOf(self) / CHARACTERS;
  prepaid(
    String.prototype,
    [
      'concat',
      'endsWith',
      'includes',
      'indexOf',
      'lastIndexOf',
      'localeCompare',
      'match',
      'matchAll',
      'normalize',
      'replace',
      'replaceAll',
      'search',
      'slice',
      'split',
      'startsWith',
      'substr',
      'substring',
      'toLowerCase',
      'toUpperCase',
      'trim',
      'trimEnd',
      'trimStart',
    ],
    characters,
  );
  prepaid(String, ['raw'], (_, args) => lengthOf(args[0]?.raw));
  prepaid(String.prototype, ['padEnd', 'padStart'], (_, args) => (isInteger(args[0]) ? args[0] / CHARACTERS : 0));
  prepaid(String.prototype, ['repeat'], (self, args) => (isInteger(args[0]) ? characters(self) * args[0] : 0));

  /** The built-in costs as much as what it made is long. */
  const postpaid = (owner, names, price) => {
    for (const name of names) {
      replace(
        owner,
        name,
        (native) =>
          ({
            paid(...args) {
              const made = apply(native, this, args);
              spend(price(made, args));
              return made;
            },
          }).paid,
      );
    }
  };
  const { keys } = Object;
  postpaid(Object, ['entries', 'getOwnPropertyDescriptors', 'getOwnPropertyNames', 'keys', 'values'], (made) =>
    lengthOf(made),
  );
  postpaid(Object, ['assign', 'freeze', 'fromEntries', 'seal'], (made) =>
    typeof made === 'object' ? keys(made).length : 0,
  );
  postpaid(Reflect, ['ownKeys'], (made) => lengthOf(made));
  postpaid(JSON, ['stringify'], (made) => lengthOf(made) / CHARACTERS);
  prepaid(JSON, ['parse'], (_, args) => lengthOf(args[0]) / CHARACTERS);
  prepaid(Function.prototype, ['apply'], (_, args) => lengthOf(args[1]));
  prepaid(Reflect, ['apply', 'construct'], (_, args) => lengthOf(args[2] ?? args[1]));
  for (const name of [
    'difference',
    'intersection',
    'isDisjointFrom',
    'isSubsetOf',
    'isSupersetOf',
    'symmetricDifference',
    'union',
  ]) {
    prepaid(Set.prototype, [name], (self, args) => (self?.size ?? 0) + (args[0]?.size ?? 0));
  }

  // A typed array copied from another, or filled from a list, costs its length.
  for (const name of ownKeys(globalThis)) {
    const type = globalThis[name];
    if (typeof type !== 'function' || getPrototypeOf(type) !== getPrototypeOf(Uint8Array)) continue;
    const paid = new Proxy(type, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'object') spend(lengthOf(args[0]));
        return construct(target, args, newTarget === paid ? target : newTarget);
      },
    });
    defineProperty(type.prototype, 'constructor', { value: paid, writable: true, configurable: true });
    defineProperty(globalThis, name, { value: paid, writable: true, configurable: true });
  }

  // The interpreter's own gives a negative number when it cuts at a multiple of 32 bits and the highest bit kept is set.
  const BigIntOf = BigInt;
  replace(
    BigInt,
    'asUintN',
    (native) =>
      ({
        mended(bits, value) {
          const cut = apply(native, BigIntOf, [bits, value]);
          return cut < 0n ? cut + (1n << BigIntOf(bits)) : cut;
        },
      }).mended,
  );

  // No clock and no chance: the same submission does the same on every machine, at any time. And a line that was left in
  // to look at a value shows nothing here, but does no harm.
  let state = 0x2545f491;
  replace(Math, 'random', () => () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  });
  const NativeDate = Date;
  const FixedDate = new Proxy(NativeDate, {
    construct: (target, args, newTarget) =>
      construct(target, args.length === 0 ? [0] : args, newTarget === FixedDate ? target : newTarget),
    apply: () => new NativeDate(0).toString(),
  });
  defineProperty(NativeDate.prototype, 'constructor', { value: FixedDate, writable: true, configurable: true });
  defineProperty(globalThis, 'Date', { value: FixedDate, writable: true, configurable: true });
  replace(NativeDate, 'now', () => () => 0);
  delete globalThis.performance;
  const quiet = {};
  for (const name of [
    'assert',
    'debug',
    'dir',
    'error',
    'group',
    'groupEnd',
    'info',
    'log',
    'table',
    'trace',
    'warn',
  ]) {
    quiet[name] = () => undefined;
  }
  defineProperty(globalThis, 'console', { value: quiet, writable: true, configurable: true });
})();

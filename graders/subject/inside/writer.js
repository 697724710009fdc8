// biome-ignore-all lint/style/useTemplate: a template calls String.prototype.concat here, which a student may replace.
// How the agent turns values of the subject into text, and errors into words, without asking anything that a student may
// have replaced: it keeps the intrinsics it needs, as agent.js does. See ../wire.ts for the text.
// What cannot be copied goes by its id: `standIns` knows the test's own objects, `idOf` names instances and functions.
(LIMITS, standIns, idOf) => {
  const { apply, get, getPrototypeOf, getOwnPropertyDescriptor, ownKeys } = Reflect;
  const { hasOwn, is } = Object;
  const { isArray } = Array;
  const { isFinite: finite } = Number;
  const { stringify } = JSON;
  const StringOf = String;
  const objectPrototype = Object.prototype;
  const errorPrototype = Error.prototype;
  const { get: weakGet } = WeakMap.prototype;
  const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size').get;
  const setSize = getOwnPropertyDescriptor(Set.prototype, 'size').get;
  const mapEntries = Map.prototype.entries;
  const setValues = Set.prototype.values;
  const mapNext = getPrototypeOf(new Map().entries()).next;
  const setNext = getPrototypeOf(new Set().values()).next;
  const typedArray = getPrototypeOf(Uint8Array.prototype);
  const typedName = getOwnPropertyDescriptor(typedArray, Symbol.toStringTag).get;
  const typedLength = getOwnPropertyDescriptor(typedArray, 'length').get;
  const symbolText = Symbol.prototype.toString;

  const dataOf = (object, key) => {
    const found = getOwnPropertyDescriptor(object, key);
    return found !== undefined && 'value' in found ? found.value : undefined;
  };

  const isError = (value) => {
    let proto = value;
    for (let depth = 0; depth < 50 && proto !== null; depth++) {
      proto = getPrototypeOf(proto);
      if (proto === errorPrototype) return true;
    }
    return false;
  };

  const brand = (getter, value) => {
    try {
      return apply(getter, value, []);
    } catch {
      return undefined;
    }
  };

  const clip = (value) => {
    if (typeof value !== 'string') return '';
    let text = '';
    for (let i = 0; i < value.length && i < LIMITS.message; i++) text += value[i];
    return text;
  };

  /** Name, message and stack of something thrown, without running any of its code. */
  const describe = (thrown) => {
    if (typeof thrown === 'symbol') return { name: 'symbol', message: clip(apply(symbolText, thrown, [])), stack: '' };
    if (typeof thrown !== 'object' || thrown === null)
      return { name: 'thrown', message: clip(StringOf(thrown)), stack: '' };
    let name = '';
    let message = '';
    let proto = thrown;
    for (let depth = 0; depth < 50 && proto !== null && (name === '' || message === ''); depth++) {
      if (name === '') name = clip(dataOf(proto, 'name'));
      if (message === '') message = clip(dataOf(proto, 'message'));
      proto = getPrototypeOf(proto);
    }
    return { name, message, stack: clip(dataOf(thrown, 'stack')) };
  };

  /** What is written so far: one for each value in a value, and for each 16 characters of a text. */
  let nodes = 0;
  const TOO_MANY = '["x","a value with too many parts"]';

  /** To look at a value may run code of the subject that has another one written: that counts for both. */
  let writing = false;
  const encode = (value) => {
    if (writing) return write(value, 0);
    nodes = 0;
    writing = true;
    try {
      return write(value, 0);
    } finally {
      writing = false;
    }
  };

  /** A text costs turns of the work counter, as with the built-ins that walk over one: see builtins.js. */
  const quote = (text) => {
    const steps = text.length / 16;
    nodes += steps;
    for (let i = 1; i < steps; i++);
    return stringify(text);
  };

  const write = (value, depth) => {
    if (++nodes > LIMITS.nodes) return TOO_MANY;
    switch (typeof value) {
      case 'number':
        if (!finite(value)) return '["n","' + value + '"]';
        return is(value, -0) ? '["n","-0"]' : '' + value;
      case 'undefined':
        return '["u"]';
      case 'boolean':
        return value ? 'true' : 'false';
      case 'bigint':
        return '["b","' + value + '"]';
      case 'string':
        return value.length > LIMITS.string ? '["x","a text that is too long"]' : quote(value);
      case 'symbol':
        return '["y",' + stringify(clip(apply(symbolText, value, []))) + ']';
    }
    if (value === null) return 'null';
    if (depth > LIMITS.depth) return '["x","a value that is nested too deeply, perhaps in a circle"]';
    const standIn = apply(weakGet, standIns, [value]);
    if (standIn !== undefined) return '["H",' + standIn + ']';
    if (typeof value === 'function') return '["f",' + idOf(value) + ']';
    if (isArray(value)) return writeArray(value, depth);
    const proto = getPrototypeOf(value);
    if (proto === objectPrototype || proto === null) return writePlain(value, depth);
    if (brand(mapSize, value) !== undefined) return writeMap(value, depth);
    if (brand(setSize, value) !== undefined) return writeSet(value, depth);
    const typed = apply(typedName, value, []);
    if (typed !== undefined) return writeTyped(typed, value);
    if (!isError(value)) return writeInstance(value, proto);
    const { name, message } = describe(value);
    return '["e",' + stringify(name) + ',' + stringify(message) + ']';
  };

  const HOLE = {};

  /** Most items are whole numbers: they are written here. */
  const writeArray = (array, depth) => {
    const length = +get(array, 'length');
    if (!(length <= LIMITS.nodes)) return '["x","an array that is too long"]';
    let text = '["a"';
    for (let i = 0; i < length; i++) {
      const item = hasOwn(array, i) ? array[i] : HOLE;
      if (typeof item === 'number' && item % 1 === 0 && item !== 0) {
        nodes++;
        text += ',' + item;
      } else text += item === HOLE ? ',["h"]' : ',' + write(item, depth + 1);
    }
    return text + ']';
  };

  const writeMap = (map, depth) => {
    const entries = apply(mapEntries, map, []);
    let text = '["M"';
    for (let step = apply(mapNext, entries, []); !step.done; step = apply(mapNext, entries, [])) {
      text += ',' + write(step.value[0], depth + 1) + ',' + write(step.value[1], depth + 1);
    }
    return text + ']';
  };

  const writeSet = (values, depth) => {
    const entries = apply(setValues, values, []);
    let text = '["S"';
    for (let step = apply(setNext, entries, []); !step.done; step = apply(setNext, entries, [])) {
      text += ',' + write(step.value, depth + 1);
    }
    return text + ']';
  };

  const writeTyped = (name, array) => {
    const length = apply(typedLength, array, []);
    if (length > LIMITS.nodes) return '["x","a typed array that is too long"]';
    let text = '["T","' + name + '"';
    for (let i = 0; i < length; i++) text += ',' + write(array[i], 0);
    return text + ']';
  };

  /** An object literal is copied; with functions or accessors in it, it behaves, and goes by id. */
  const writePlain = (object, depth) => {
    const keys = ownKeys(object);
    let text = '["o"';
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const found = getOwnPropertyDescriptor(object, key);
      if (typeof key === 'symbol' || found === undefined || !found.enumerable) continue;
      if (!('value' in found) || typeof found.value === 'function')
        return writeInstance(object, getPrototypeOf(object));
      text += ',' + quote(key) + ',' + write(found.value, depth + 1);
    }
    return text + ']';
  };

  const writeInstance = (object, proto) => {
    const type = proto === null ? undefined : dataOf(proto, 'constructor');
    return '["i",' + idOf(object) + ',' + stringify(typeof type === 'function' ? clip(dataOf(type, 'name')) : '') + ']';
  };

  return { describe, encode, quote };
};

/**
 * What crosses the membrane. Primitives go as they are; everything else as a text that both halves read: JSON in which an
 * array is a tagged node.
 *
 *   ["j",data] JSON without any of what follows, whole
 *   ["u"] undefined   ["n","NaN"] odd numbers     ["b","12"] bigint      ["y",text] symbol
 *   ["a",...] array   ["h"] hole in it            ["o",k,v,...] object   ["M",k,v,...] Map   ["S",...] Set
 *   ["T",type,...] typed array                    ["e",name,message] error
 *   ["i",id,class] instance of the subject        ["f",id] function of the subject
 *   ["H",id,kind,[method...],[field...]] object of the test; see inward.ts       ["x",why] what may not cross
 */
export type Primitive = undefined | null | boolean | number | bigint | string;

export interface Wire {
  readonly wire: string;
}

/** A function, without the detour over text: of the subject, by its id; of the test, by its id below zero. */
export interface Callable {
  readonly callable: number;
}

/** Something that keeps its identity, passed in: a thing of the subject, by its id; an object of the test, by its id below zero. */
export interface Reference {
  readonly reference: number;
  /** Tells it to a realm that has not met it in this test. */
  readonly wire: string;
}

export type Passed = Primitive | Wire | Callable | Reference;

/** NUL, or half of a surrogate pair: a text with one in it would be cut short on its way as a C string. */
export const UNSAFE_TEXT = /[\0\p{Surrogate}]/u;

/** A place in the bundled program. */
export interface Frame {
  readonly line: number;
  readonly column: number;
}

/** Why a call into the realm gave no value. */
export type Fault =
  | { readonly fault: 'thrown'; readonly name: string; readonly message: string; readonly stack: string }
  /** An error of the test's own object that came back through the subject. */
  | { readonly fault: 'host'; readonly error: unknown }
  | { readonly fault: 'stopped'; readonly reason: StopReason };

/** work: the work limit; memory: the heap limit; trap: the interpreter itself gave up. */
export type StopReason = 'work' | 'memory' | 'trap';

export function isFault(value: Passed | Fault): value is Fault {
  return typeof value === 'object' && value !== null && 'fault' in value;
}

export interface Realm {
  measure(work: () => void): number;
}

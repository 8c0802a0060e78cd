/** What belongs to objects that live long and are never changed, such as stages: made when it is first asked for, then kept. */

/** `make`, called once for each object. */
export const perObject = <A extends object, B>(make: (object: A) => B): ((object: A) => B) => {
  const known = new WeakMap<A, { readonly made: B }>()
  return (object) => {
    const found = known.get(object) ?? { made: make(object) }
    known.set(object, found)
    return found.made
  }
}

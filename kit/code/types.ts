/**
 * What a code digest is: one hash that says which code a stage computes with, and beside it what a person needs
 * to understand a change of that hash: a short hash for each declaration reached, and the version of each package.
 */

/** Stands before the name of a package among declarations: what is imported from it. */
export const IMPORTS = "imports of "

/** The entry among declarations that says how the digest was taken; see `RECIPE` in `typescript.ts`. */
export const RECIPE_NAME = "(recipe)"

/** The declarations that name a place in the project's code: all but imports and the recipe. */
export const placesIn = (declarations: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  Object.keys(declarations).filter((name) => name !== RECIPE_NAME && !name.startsWith(IMPORTS))

/** The code that one stage or one Python task reaches, reduced to a hash. Compare `digest`; the rest explains it. */
export type CodeDigest = {
  /** SHA-256 in hexadecimal. Equal digests mean the same code, up to names of locals, comments and layout; packages apart. */
  readonly digest: string
  /**
   * A short hash for each declaration reached, by place: `stages/mix-data.ts#mixData`; a text or data file by its path.
   * Names of locals don't change it. Beside them: what is imported from each package, and the recipe.
   */
  readonly declarations: Readonly<Record<string, string>>
  /** Locked version of each package reached, dependencies included; a nested copy is named `outer/node_modules/inner`. */
  readonly packages: Readonly<Record<string, string>>
  /** Every file (a folder ends in `/`) on which the digest depends, relative to the root, `/` between parts. */
  readonly files: ReadonlyArray<string>
}

/** A digest together with the content hash of each file as it was when the digest was taken: what the cache keeps. */
export type MeasuredDigest = CodeDigest & {
  /** SHA-256 of each of `files`, by the same path. */
  readonly contents: Readonly<Record<string, string>>
}

/** One TypeScript export whose code is asked for. */
export type TypeScriptTarget = {
  /** Path of the module, relative to the root: `stages/mix-data.ts`. */
  readonly file: string
  /** Name of the export: `mixData`. */
  readonly export: string
  /** Environment variables that the stage declares, and may therefore read; they are counted elsewhere in the key. */
  readonly environment?: ReadonlyArray<string>
}

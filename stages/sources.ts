/** Sources: data from outside, with every place they can come from and the digest that makes them the same data. */

/** A file of this project, versioned with its code. It counts by its content, which must be the declared one. */
export interface ProjectSource {
  readonly kind: "project"
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** A published file. Its digest is a SHA-256 or, where only that is known, a git blob id (SHA-1 of "blob <size>\0" + content). */
export interface PublishedSource {
  readonly kind: "published"
  /** A short name for messages. */
  readonly name: string
  /** Its path below a mirror folder. */
  readonly mirror: string
  readonly urls: ReadonlyArray<string>
  readonly digest: { readonly sha256: string } | { readonly gitBlob: string }
  readonly licence: string
}

export type Source = ProjectSource | PublishedSource

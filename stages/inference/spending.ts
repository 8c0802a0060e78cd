/** What requests cost, by the tokens that they read and wrote, under a limit that is never passed. */

/** Prices in US dollars for a million tokens. */
export interface Prices {
  readonly dollarsPerMillionRead: number
  readonly dollarsPerMillionWritten: number
}

export interface Tokens {
  readonly read: number
  readonly written: number
}

/** A purse for one stage's requests: money is set aside before a request and settled after it. */
export class Spending {
  readonly #prices: Prices
  readonly #limit: number
  #spent = 0
  #aside = 0

  constructor(prices: Prices, limit: number) {
    this.#prices = prices
    this.#limit = limit
  }

  /** US dollars. */
  get spent(): number {
    return this.#spent
  }

  /** Sets aside what a request may cost at most; undefined when that could pass the limit. */
  reserve(most: Tokens): { readonly settle: (used: Tokens | undefined) => void } | undefined {
    const cost = this.#cost(most)
    if (this.#spent + this.#aside + cost > this.#limit) return undefined
    this.#aside += cost
    return {
      settle: (used) => {
        this.#aside -= cost
        if (used !== undefined) this.#spent += this.#cost(used)
      },
    }
  }

  #cost({ read, written }: Tokens): number {
    const { dollarsPerMillionRead, dollarsPerMillionWritten } = this.#prices
    return (read * dollarsPerMillionRead + written * dollarsPerMillionWritten) / 1e6
  }
}

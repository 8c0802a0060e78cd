/** The order in which nodes start that wait for room. */
import fc from "fast-check"
import { expect, it } from "vitest"
import type { Node } from "../../../kit/node.ts"
import { ReadyNodes } from "../../../kit/run/ready-nodes.ts"

const node = (index: number): Node => ({ index }) as Node

it("is by priority, then by the graph's order, however nodes come and go", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { maxLength: 60 }), fc.infiniteStream(fc.nat()), (priorities, picks) => {
      const ready = new ReadyNodes(({ index }) => priorities[index] as number)
      const inside = new Set<number>()
      const expected = (): ReadonlyArray<number> =>
        [...inside].sort((a, b) => (priorities[b] as number) - (priorities[a] as number) || a - b)
      for (const index of priorities.keys()) {
        ready.add(node(index))
        inside.add(index)
        if (index % 3 === 2) {
          const place = (picks.next().value as number) % inside.size
          inside.delete(expected()[place] as number)
          ready.remove(place)
        }
        expect(ready.nodes.map((found) => found.index)).toEqual(expected())
      }
    }),
  )
})

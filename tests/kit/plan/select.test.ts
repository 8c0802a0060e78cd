/** Selectors and what they bring along. */
import { expect, it } from "vitest"
import { UsageError } from "../../../kit/errors.ts"
import { grid } from "../../../kit/pipeline.ts"
import { select, selectOne, withAncestors, withDescendants } from "../../../kit/plan/select.ts"
import { count, gather, graphOf, read } from "../support/graph.ts"

const graph = graphOf(() => {
  const rows = grid({ amount: [1, 2, 11] }, (point) => {
    const { rows } = read({}, point)
    count({ rows }, {})
    return rows
  })
  const { report } = gather({ all: rows.slice(1) }, {})
  return { report }
})

const ids = (nodes: Iterable<{ readonly id: string }>): ReadonlyArray<string> => [...nodes].map(({ id }) => id).sort()

it("takes all nodes where none is named", () => expect(select(graph, []).size).toBe(7))

it.each([
  ["read/amount=1", ["read/amount=1"]],
  ["read", ["read/amount=1", "read/amount=11", "read/amount=2"]],
  ["gather", ["gather"]],
  ["*amount=1", ["count/amount=1", "read/amount=1"]],
  ["r*=1*", ["read/amount=1", "read/amount=11"]],
])("takes what %s names", (selector, found) => expect(ids(select(graph, [selector]))).toEqual(found))

it("takes all that several selectors name, once", () => {
  expect(ids(select(graph, ["read", "*=2"]))).toEqual([
    "count/amount=2",
    "read/amount=1",
    "read/amount=11",
    "read/amount=2",
  ])
})

it("takes no sign but * for a sign of a pattern", () => {
  for (const selector of ["read/amount=.", "re[a]d*", "(read|count)*", "read/amount=1?"]) {
    expect(() => select(graph, [selector]), selector).toThrow(UsageError)
  }
})

it("takes what a node needs, and what is made from it", () => {
  const gathered = selectOne(graph, "gather")
  expect(ids(withAncestors(new Set([gathered])))).toEqual(["gather", "read/amount=11", "read/amount=2"])
  const first = selectOne(graph, "read/amount=2")
  expect(ids(withDescendants(graph, new Set([first])))).toEqual(["count/amount=2", "gather", "read/amount=2"])
})

it("names what one selector means where one node is wanted", () => {
  expect(() => selectOne(graph, "read")).toThrow('"read" names 3 nodes: read/amount=1, read/amount=2, read/amount=11')
})

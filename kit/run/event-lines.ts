/**
 * Events of a run as JSON lines, for programs that follow it. Every line has a time and the kind of the event; the
 * schemas below are the contract, and `docs/provenance.md` tells it in words.
 */
import * as Schema from "effect/Schema"
import type { RunEvent } from "./events.ts"

/** Raised when the meaning of a line changes. */
export const EVENTS_FORMAT = 1

const line = <const Name extends string, Fields extends Schema.Struct.Fields>(event: Name, fields: Fields) =>
  Schema.Struct({ time: Schema.String, event: Schema.Literal(event), ...fields })

const node = Schema.String

/** One line. Times are ISO 8601 in UTC; seconds are wall time. */
export const EventLine = Schema.Union([
  /** The first line. */
  line("begin", { format: Schema.Literal(EVENTS_FORMAT), pipeline: Schema.String, profile: Schema.String }),
  /** What is planned: nodes that are looked at, and those that are there already. */
  line("plan", { nodes: Schema.Int, cached: Schema.Int }),
  line("start", { node, reasons: Schema.Array(Schema.String) }),
  line("progress", {
    node,
    step: Schema.Number,
    total: Schema.Number,
    unit: Schema.String,
    numbers: Schema.Record(Schema.String, Schema.Number),
  }),
  line("done", { node, seconds: Schema.Number }),
  /** The result was there once the inputs were known. */
  line("reused", { node }),
  /** Another run computes it; this one waits for that node only. */
  line("elsewhere", { node }),
  /** An attempt failed; another follows after so many seconds. */
  line("retry", { node, attempt: Schema.Int, message: Schema.String, pause: Schema.Number }),
  /** Seconds that the rest should take, told anew as the run goes on: a lower bound when nodes are unknown. */
  line("left", { seconds: Schema.Number, unknown: Schema.Int }),
  line("failed", { node, message: Schema.String }),
  /** Not run, since a node that it needs failed. */
  line("skipped", { node, because: Schema.String }),
  /** The last line: how it ended, after how long. */
  line("end", { outcome: Schema.Literals(["done", "failed", "stopped"]), seconds: Schema.Number }),
])
export type EventLine = typeof EventLine.Type

/** A line without its time. */
export type EventBody = EventLine extends infer L ? (L extends EventLine ? Omit<L, "time"> : never) : never

/** An event of the run as a line's body. */
export const eventBody = (event: RunEvent): EventBody => {
  switch (event.type) {
    case "progress":
      return { event: "progress", node: event.node, ...event.progress }
    case "done":
      return event.reused
        ? { event: "reused", node: event.node }
        : { event: "done", node: event.node, seconds: event.milliseconds / 1000 }
    default: {
      const { type, ...rest } = event
      return { event: type, ...rest } as EventBody
    }
  }
}

const encode = Schema.encodeUnknownSync(EventLine)

/** The text of a line, its end included. */
export const eventText = (body: EventBody, time: Date): string =>
  `${JSON.stringify(encode({ time: time.toISOString(), ...body }))}\n`

/** Writes the events of a run as JSON lines into a file, or to stdout for `-`; each line is there as soon as it happened. */
import * as fs from "node:fs"
import { describeErrno, UsageError } from "../errors.ts"
import { EVENTS_FORMAT, type EventBody, eventBody, eventText } from "../run/event-lines.ts"
import type { RunEvent } from "../run/events.ts"
import { note } from "./print.ts"

/** Takes events until it is closed. */
export interface EventsFile {
  readonly emit: (event: RunEvent) => void
  readonly end: (outcome: "done" | "failed" | "stopped") => void
}

const STDOUT = 1

/** Milliseconds between two tries when a reader is slower than the run. */
const PAUSE = 5

/** Opens the file and writes the first line; an error says what is wrong with the place. */
export const openEvents = (
  place: string,
  scope: { readonly pipeline: string; readonly profile: string },
): EventsFile => {
  const begun = performance.now()
  const descriptor = place === "-" ? STDOUT : open(place)
  let usable = true
  const write = (body: EventBody): void => {
    if (!usable) return
    try {
      writeAll(descriptor, Buffer.from(eventText(body, new Date())))
    } catch (error) {
      usable = false
      // A reader that went away, such as `head`, has what it wanted.
      if ((error as NodeJS.ErrnoException).code !== "EPIPE")
        note(`The events are no longer written: ${describeErrno(error).message}. The run goes on.`)
    }
  }
  write({ event: "begin", format: EVENTS_FORMAT, pipeline: scope.pipeline, profile: scope.profile })
  return {
    emit: (event) => write(eventBody(event)),
    end: (outcome) => {
      write({ event: "end", outcome, seconds: Math.round(performance.now() - begun) / 1000 })
      if (descriptor !== STDOUT) fs.closeSync(descriptor)
    },
  }
}

const open = (place: string): number => {
  try {
    return fs.openSync(place, "w")
  } catch (error) {
    const { message } = describeErrno(error)
    throw new UsageError({
      message: `The events can't be written there: ${message}`,
      where: place,
      remedy: "Give a file in a folder that is there, or - for stdout.",
    })
  }
}

const writeAll = (descriptor: number, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(descriptor, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}

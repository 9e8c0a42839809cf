import { defineErrors } from "./define.ts"

/** Reading, comparing and planning catalogs. */
export const catalogErrors = defineErrors({
  "unmodelled-object": {
    exit: 1,
    when: "The database holds an object of a kind that Lockstep cannot read, compare or write; the message names it.",
    why: "A comparison that passed over it in silence would report two databases as equal that are not, and a plan would leave it out.",
    fix: "Leave the object out with an exclude pattern if something else looks after it, or report its kind so that it can be added.",
  },
  "plan-cycle": {
    exit: 1,
    when: "The changes depend on each other in a circle that Lockstep does not know how to open; the message lists it.",
    why: "Whatever order was chosen, one of the statements would fail.",
    fix: "Make the change in two revisions: first take one of the listed objects away or change it by hand, then generate the rest. Please report the two schemas: circles are meant to be opened.",
  },
})

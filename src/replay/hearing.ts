import type { Gap } from '../model/effect.ts'
import type { Member } from '../model/state.ts'

/** From one event of a member to the next, ms: so much leaves a gap that a timeline shows. */
const GAP = 60_000

/** A stretch of time in which events of a member came without a gap, epoch ms. */
export interface Stretch {
  readonly cluster: string
  readonly member: string
  readonly from: number
  readonly to: number
}

/** Notices when a member has events and when none. */
export interface Ear {
  /** An event of this time was read. */
  hear(time: number): void
}

export interface Hearing {
  ear(member: Member): Ear
  /** All events up to this time were heard: the gaps that ended by then are told. */
  complete(time: number): void
  /** No more is heard: what is left is told, the last stretch of each member too. */
  end(): void
}

export interface HearingTaker {
  readonly onGap: (gap: Gap) => void
  readonly onStretch: (stretch: Stretch) => void
}

/** No event between two times. */
interface Apart {
  readonly from: number
  readonly to: number
}

/** Of one member. Asked at each of its lines: it looks at two numbers. */
class MemberEar implements Ear {
  /** Begin of the stretch that is not told yet, and the latest event. */
  from = Number.NaN
  latest = Number.NaN
  /** What is told already is not changed by an event that comes as late as this. */
  told = Number.NEGATIVE_INFINITY
  /** Gaps that are not told yet, in order: an event in between may still come. */
  gaps: Apart[] = []

  hear(time: number): void {
    if (time < this.latest) {
      this.belated(time)
      return
    }
    if (time - this.latest >= GAP) this.gaps.push({ from: this.latest, to: time })
    else if (Number.isNaN(this.from)) this.from = time
    this.latest = time
  }

  private belated(time: number): void {
    if (time <= this.told) return
    if (time < this.from) {
      this.gaps = [...longEnough({ from: time, to: this.from }), ...this.gaps]
      this.from = time
    }
    if (this.gaps.length === 0) return
    this.gaps = this.gaps.flatMap((gap) => {
      const { from, to } = gap
      return time <= from || time >= to ? [gap] : [...longEnough({ from, to: time }), ...longEnough({ from: time, to })]
    })
  }
}

function longEnough(gap: Apart): readonly Apart[] {
  return gap.to - gap.from < GAP ? [] : [gap]
}

/** Notices gaps between the events of each member. They are told in order, whatever the order in which lines are read. */
export function hearing({ onGap, onStretch }: HearingTaker): Hearing {
  const ears = new Map<Member, MemberEar>()

  function tell({ name: member, cluster: { name: cluster } }: Member, ear: MemberEar, until: number): void {
    ear.told = until
    for (let gap = ear.gaps[0]; gap !== undefined && gap.to <= until; gap = ear.gaps[0]) {
      ear.gaps.shift()
      onStretch({ cluster, member, from: ear.from, to: gap.from })
      onGap({ kind: 'gap', time: gap.to, cluster, member, from: gap.from })
      ear.from = gap.to
    }
  }

  function complete(until: number): void {
    for (const [member, ear] of ears) tell(member, ear, until)
  }

  return {
    ear(member) {
      const ear = ears.get(member) ?? new MemberEar()
      ears.set(member, ear)
      return ear
    },
    complete,
    end() {
      complete(Number.POSITIVE_INFINITY)
      for (const [{ name, cluster }, { from, latest: to }] of ears)
        if (!Number.isNaN(from)) onStretch({ cluster: cluster.name, member: name, from, to })
    },
  }
}

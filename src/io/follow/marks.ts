import { offsetOf, type Place } from './place.ts'

/** Places that were passed and may yet be gone back to. */
export interface Marks {
  add(place: Place): void
  /** The last place whose lines before it are all before `offset`; earlier ones are forgotten. */
  reached(offset: number): Place
}

/** More places than these are not kept: going back a little further does no harm. */
const MOST = 256

export function marks(start: Place): Marks {
  let places: Place[] = [start]
  return {
    add(place) {
      places.push(place)
      if (places.length > MOST) places = places.filter((_, index) => index % 2 === 0 || index === places.length - 1)
    },
    reached(offset) {
      const behind = places.findIndex((place, index) => index > 0 && offsetOf(place) > offset)
      if (behind < 0) places = places.slice(-1)
      else places = places.slice(Math.max(0, behind - 1))
      return places[0] as Place
    },
  }
}

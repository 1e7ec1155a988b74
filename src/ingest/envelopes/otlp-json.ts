import { array, isObject, type Json, object, text } from '../readings/json.ts'
import { bodyOf, whyMissing } from './body.ts'
import type { Enveloped } from './enveloped.ts'
import {
  hostIdentity,
  type Identity,
  type IdentityRules,
  identityOf,
  NOBODY,
  ofPod,
  podOfPath,
  qualified,
} from './identity.ts'
import { logFields } from './log-fields.ts'

/** Log records of OTLP's JSON form, or of its protobuf once read into the same shape. */
export function openOtlp(resources: readonly unknown[], rules: IdentityRules): readonly Enveloped[] {
  const records: Enveloped[] = []
  for (const resource of resources) {
    if (!isObject(resource)) continue
    const outer = attributes(array(object(resource, 'resource') ?? {}, 'attributes'))
    for (const scope of list(resource, 'scopeLogs'))
      for (const record of list(scope, 'logRecords')) records.push(openRecord(record, outer, rules))
  }
  return records
}

function openRecord(record: Json, outer: Json, rules: IdentityRules): Enveloped {
  const inner = attributes(array(record, 'attributes'))
  return openLogRecord(anyValue(record.body, 0), { ...inner, ...outer }, rules)
}

/** One log record: its body as a plain value and its attributes, those of the resource over its own. */
export function openLogRecord(body: unknown, all: Json, rules: IdentityRules): Enveloped {
  const within = isObject(body) ? body : {}
  const identity = whose(all, within, rules)
  const stream = `${text(all, 'log.iostream') ?? ''}/${text(all, 'log.file.name') ?? ''}`
  // A parser of the collector may have taken the body apart; the text, where it is left, has it all.
  const fields = typeof body === 'string' ? null : logFields(isObject(body) ? body : all, rules)
  if (fields !== null)
    return { ...fields, identity: fields.identity.member === null ? identity : fields.identity, stream }
  const line = typeof body === 'string' ? body : bodyOf(within)
  return {
    text: line ?? '',
    identity,
    stream,
    partial: false,
    fields: null,
    time: '',
    missing: line === null ? whyMissing(within) : '',
  }
}

/** By the attributes of the k8s conventions, the path of the file, the fields of a body that is a map, the host. */
export function whose(all: Json, body: Json, rules: IdentityRules): Identity {
  const pod = text(all, 'k8s.pod.name')
  const found = pod === undefined ? (podOfPath(text(all, 'log.file.path') ?? '') ?? hostOf(all, body, rules)) : null
  const base = found ?? podIdentity(pod as string, all, rules)
  return rules.member.length + rules.cluster.length === 0 ? base : overridden(all, base, rules)
}

function podIdentity(pod: string, all: Json, rules: IdentityRules): Identity {
  const space = text(all, 'k8s.namespace.name') ?? null
  for (const label of rules.labels) {
    const scope = text(all, `k8s.pod.labels.${label}`) ?? text(all, `k8s.pod.label.${label}`) ?? text(all, label)
    if (scope !== undefined) return { member: pod, cluster: qualified(space, scope), basis: 'metadata' }
  }
  return ofPod(space, pod)
}

function hostOf(all: Json, body: Json, rules: IdentityRules): Identity {
  const host = text(all, 'host.name')
  if (host !== undefined) return hostIdentity(host, rules)
  return Object.keys(body).length === 0 ? NOBODY : identityOf(body, rules)
}

function overridden(all: Json, base: Identity, rules: IdentityRules): Identity {
  const mapped = identityOf(all, rules)
  if (mapped.basis !== 'mapping') return base
  return { member: mapped.member ?? base.member, cluster: mapped.cluster ?? base.cluster, basis: 'mapping' }
}

/** Attributes as plain values by name. */
export function attributes(rows: readonly unknown[] | undefined): Json {
  const all: Record<string, unknown> = Object.create(null)
  for (const row of rows ?? []) {
    const key = isObject(row) ? text(row, 'key') : undefined
    if (key !== undefined) all[key] = anyValue((row as Json).value, 0)
  }
  return all
}

/** A body nests no deeper where it means something. */
const DEEPEST = 4

/** OTLP's AnyValue as a plain value. */
export function anyValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > DEEPEST) return undefined
  if (typeof value.stringValue === 'string') return value.stringValue
  if (typeof value.doubleValue === 'number') return value.doubleValue
  if (typeof value.boolValue === 'boolean') return value.boolValue
  if (value.intValue !== undefined) return Number(value.intValue)
  const items = object(value, 'arrayValue')
  if (items !== undefined) return (array(items, 'values') ?? []).map((item) => anyValue(item, depth + 1))
  const map = object(value, 'kvlistValue')
  if (map === undefined) return undefined
  const all: Record<string, unknown> = Object.create(null)
  for (const row of list(map, 'values')) {
    const key = text(row, 'key')
    if (key !== undefined) all[key] = anyValue(row.value, depth + 1)
  }
  return all
}

function list(value: Json, key: string): readonly Json[] {
  return (array(value, key) ?? []).filter(isObject)
}

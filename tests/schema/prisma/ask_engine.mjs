// What Prisma's own engine says of a schema, with what the tests compare and no more, as JSON:
// node ask_engine.mjs PACKAGE FILE... where PACKAGE is the folder of @prisma/prisma-schema-wasm.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const [folder, ...files] = process.argv.slice(2)
const engine = createRequire(import.meta.url)(resolve(folder))
// Engine 7 and later wants the URLs elsewhere.
const read = (file) => readFileSync(file, 'utf8').replace(/^\s*(url|directUrl|shadowDatabaseUrl)\s*=.*$/gm, '')
const prismaSchema = files.map((file) => [file, read(file)])
const { models, enums } = JSON.parse(engine.get_dmmf(JSON.stringify({ prismaSchema }))).datamodel

const said = (value) => value !== undefined && value !== null && value !== false && value.length !== 0
const some = (item, names) =>
  Object.fromEntries(names.filter((name) => name === 'default' ? name in item : said(item[name])).map((name) => [name, item[name]]))
const about = ['name', 'dbName', 'schema', 'documentation']
const facts = ['kind', 'type', 'isList', 'isRequired', 'isUnique', 'isId', 'default']
const relation = ['relationName', 'relationFromFields', 'relationToFields', 'relationOnDelete']

const answer = {
  models: models.map((model) => ({
    ...some(model, [...about, 'primaryKey', 'uniqueFields']),
    fields: model.fields.map((field) => some(field, [...about, ...facts, ...relation])),
  })),
  enums: enums.map((item) => ({ ...some(item, about), values: item.values.map((value) => some(value, ['name', 'dbName'])) })),
}
const lines = (items) => items.map((item) => '    ' + JSON.stringify(item)).join(',\n')
const model = ({ fields, ...rest }) => `  {"about": ${JSON.stringify(rest)}, "fields": [\n${lines(fields)}\n  ]}`
console.log(`{"models": [\n${answer.models.map(model).join(',\n')}\n], "enums": [\n${lines(answer.enums)}\n]}`)

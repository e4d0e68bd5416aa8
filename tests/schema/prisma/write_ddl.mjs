// The DDL that Prisma's own engine makes of a schema:
// node write_ddl.mjs PACKAGE postgres|sqlite FILE... where PACKAGE is the folder of @prisma/schema-engine-wasm.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, provider, ...files] = process.argv.slice(2)
const glue = await import(pathToFileURL(resolve(join(folder, 'schema_engine_bg.js'))))
const module = new WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')))
const names = new Set(WebAssembly.Module.imports(module).map((item) => item.module))
const { exports } = new WebAssembly.Instance(module, Object.fromEntries([...names].map((name) => [name, glue])))
glue.__wbg_set_wasm(exports)
exports.__wbindgen_start()

// No database is asked: the engine wants a connection, and the server's version before it writes for PostgreSQL.
const result = (value) => ({ ok: true, value, map: (f) => result(f(value)), flatMap: (f) => f(value) })
const server = { columnNames: ['exists', 'version', 'number'], columnTypes: [5, 7, 0], rows: [[true, 'PostgreSQL 15.1', 150001]] }
const connection = {
  provider,
  adapterName: 'none',
  queryRaw: async () => result(server),
  dispose: async () => result(undefined),
  getConnectionInfo: () => result({ schemaName: 'public', supportsRelationJoins: false, maxBindValues: 100 }),
}
const connect = async () => result(connection)
const adapter = { provider, adapterName: 'none', connect, connectToShadowDb: connect }
// Engine 7 and later wants the URLs elsewhere.
const read = (file) => readFileSync(file, 'utf8').replace(/^\s*(url|directUrl|shadowDatabaseUrl)\s*=.*$/gm, '')
const datamodels = files.map((file) => [file, read(file)])
const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, adapter)
const { stdout } = await engine.diff({
  from: { tag: 'empty' },
  to: { tag: 'schemaDatamodel', files: datamodels.map(([path, content]) => ({ path, content })) },
  script: true,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
  shadowDatabaseUrl: null,
})
console.log(stdout.trim())

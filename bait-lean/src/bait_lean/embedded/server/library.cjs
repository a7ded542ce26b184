'use strict';
/**
 * Constants: the imported library with its order, what a proof uses, and policies that forbid a
 * part of the library.
 *
 * The embedded library holds the *exported* level of each module: theorems, and definitions whose
 * body is not exported, appear as axioms there; an extension of each module says what they are.
 */

const {
  ConstantInfo, ConstantVal, EnvironmentHeader, Import, ModuleData,
} = require('./layouts.cjs');
const { RequestError } = require('./errors.cjs');
const { Terms } = require('./terms.cjs');

const KINDS_EXTENSION = '_private.Lean.AddDecl.0.Lean.privateConstKindsExt';

class Library {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
    this.terms = new Terms(lean);
    this.indices = new Map(); // header of a base -> its index
    this.kinds = new Map(); // data of a module -> the true kinds of what it exports as axioms
    this.policies = [];
  }

  // Constants ---------------------------------------------------------------------------------

  has(environment, name) {
    const { lean, objects: o } = this;
    const found = lean.call('l_Lean_Environment_contains', o.inc(environment),
      lean.names.make(name), o.box(1));
    return o.unbox(found) !== 0;
  }

  /** The ConstantInfo (owned) of a constant, or null. */
  find(environment, name) {
    const { lean, objects: o } = this;
    const found = lean.call('l_Lean_Environment_find_x3f', o.inc(environment),
      lean.names.make(name), o.box(1));
    if (o.isScalar(found)) return null;
    const info = o.take(found, 0);
    o.dec(found);
    return info;
  }

  /** {name, type, value, kind} of a ConstantInfo, all borrowed; `value` null if there is none. */
  read(info) {
    const { objects: o } = this;
    const tag = o.tag(info);
    const value = o.field(info, 0);
    const constant = o.field(value, ConstantInfo.value.constant);
    return {
      name: o.field(constant, ConstantVal.name),
      levelParams: o.field(constant, ConstantVal.levelParams),
      type: o.field(constant, ConstantVal.type),
      value: ConstantInfo.withValue.has(tag) ? o.field(value, ConstantInfo.value.value) : null,
      kind: ConstantInfo.kinds[tag],
    };
  }

  isImported(environment, name) {
    const { lean, objects: o } = this;
    const index = lean.call('l_Lean_Environment_getModuleIdxFor_x3f', o.inc(environment),
      lean.names.make(name));
    o.dec(index);
    return !o.isScalar(index);
  }

  /** Whether an imported constant is an axiom, and not a theorem that is exported as one. */
  isImportedAxiom(environment, name) {
    const { lean, objects: o } = this;
    const info = this.find(environment, name);
    const isAxiom = this.read(info).kind === 'axiom';
    o.dec(info);
    if (!isAxiom) return false;
    const index = lean.call('l_Lean_Environment_getModuleIdxFor_x3f', o.inc(environment),
      lean.names.make(name));
    const header = lean.call('l_Lean_Environment_header', o.inc(environment));
    const data = o.element(o.field(header, EnvironmentHeader.moduleData),
      o.unbox(o.field(index, 0)));
    o.dec(index);
    if (!this.kinds.has(data)) this.kinds.set(data, this.exportedKinds(data));
    o.dec(header);
    return (this.kinds.get(data).get(name) ?? 'axiom') === 'axiom';
  }

  // The imported library ------------------------------------------------------------------------

  /**
   * The imported constants of an environment: {modules, ofName}. `modules` lists, in import order,
   * {name, constants}; a constant is {name, module, kind, info}.
   */
  index(environment) {
    const { lean, objects: o } = this;
    const header = lean.call('l_Lean_Environment_header', o.inc(environment));
    const data = o.field(header, EnvironmentHeader.moduleData);
    const modules = o.elements(o.field(header, EnvironmentHeader.modules));
    const key = modules.map((m) => lean.names.text(o.field(o.field(m, 0), Import.module))).join();
    if (!this.indices.has(key)) this.indices.set(key, this.makeIndex(o.elements(data)));
    o.dec(header);
    return this.indices.get(key);
  }

  makeIndex(moduleData) {
    const ofName = new Map();
    const modules = moduleData.map((data, module) => {
      const constants = this.moduleConstants(data, module);
      constants.forEach((constant) => ofName.set(constant.name, constant));
      return constants;
    });
    return { modules, ofName };
  }

  moduleConstants(data, module) {
    const { lean, objects: o } = this;
    const kinds = this.exportedKinds(data);
    return o.elements(o.field(data, ModuleData.constants)).map((info) => {
      const constant = this.read(info);
      const name = lean.names.text(constant.name);
      return { name, module, kind: kinds.get(name) ?? constant.kind, info };
    });
  }

  /** The true kinds of the constants that a module exports as axioms. */
  exportedKinds(data) {
    const { lean, objects: o } = this;
    const kinds = new Map();
    for (const entry of o.elements(o.field(data, ModuleData.entries))) {
      if (lean.names.text(o.field(entry, 0)) === KINDS_EXTENSION) {
        for (const pair of o.elements(o.field(entry, 1))) {
          const kind = EXPORTED_KINDS[o.unbox(o.field(pair, 1))];
          kinds.set(lean.names.text(o.field(pair, 0)), kind);
        }
      }
    }
    return kinds;
  }

  // What terms use ----------------------------------------------------------------------------

  /**
   * The imported constants that terms (borrowed) use, directly or through constants that the
   * session made; the latter are passed to `visitOwn`. Those in `known` are not looked through.
   */
  uses(environment, exprs, visitOwn = () => {}, known = new Set()) {
    const { objects: o, terms } = this;
    const imported = new Set();
    const visited = new Set();
    const held = [];
    const queue = [...exprs];
    while (queue.length > 0) {
      for (const name of terms.constants(queue.pop())) {
        if (!visited.has(name)) {
          visited.add(name);
          if (this.isImported(environment, name)) imported.add(name);
          else if (known.has(name)) visitOwn(name);
          else queue.push(...this.lookThrough(environment, name, visitOwn, held));
        }
      }
    }
    held.forEach((info) => o.dec(info));
    return imported;
  }

  lookThrough(environment, name, visitOwn, held) {
    visitOwn(name);
    const info = this.find(environment, name);
    if (info === null) return [];
    held.push(info);
    const { type, value } = this.read(info);
    return value === null ? [type] : [type, value];
  }

  // Policies ----------------------------------------------------------------------------------

  addPolicy({ names, from, known = [] }) {
    for (const list of [names, known]) {
      if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
        throw new RequestError("'policy.names' and 'policy.known' must be lists of names.");
      }
    }
    if (from !== undefined && from !== null && typeof from !== 'string') {
      throw new RequestError("'policy.from' must be a name.");
    }
    const policy = { names: new Set(names), from: from ?? null, known: new Set(known) };
    return this.policies.push(policy) - 1;
  }

  policy(number) {
    const policy = Number.isInteger(number) ? this.policies[number] : undefined;
    if (!policy) throw new RequestError('Unknown policy.');
    return policy;
  }

  /** A function that says whether a policy forbids an imported constant. */
  forbids({ names, from }, environment) {
    if (from === null) return (name) => names.has(name);
    const { ofName } = this.index(environment);
    const start = ofName.get(from);
    if (!start) return (name) => names.has(name) || name === from;
    const before = this.terms.constants(this.read(start.info).type);
    return (name) => {
      if (names.has(name) || name === from) return true;
      const constant = ofName.get(name);
      if (!constant || constant.module !== start.module) return constant?.module > start.module;
      // Modules do not record the order of their theorems: only what `from` mentions is before it.
      return constant.kind === 'theorem' && !before.has(name);
    };
  }

  /** What terms (borrowed) use against a policy. */
  forbidden(policy, environment, exprs) {
    const forbids = this.forbids(policy, environment);
    const own = new Set();
    const imported = this.uses(environment, exprs, (name) => own.add(name), policy.known);
    return [...imported, ...own].filter(forbids);
  }
}

const EXPORTED_KINDS = [
  'def', 'theorem', 'axiom', 'opaque', 'quot', 'inductive', 'constructor', 'recursor',
];

module.exports = { Library };

'use strict';
/**
 * Reports of what a text adds to an environment: each new constant with what it says and rests on,
 * by the command that made it, and whether Lean's kernel accepts all of them again.
 *
 * Constants are found by comparing environments, never by names in the text, so that no text can
 * make a report speak of another declaration than the one that was elaborated.
 */

const { createHash } = require('node:crypto');
const {
  CommandState, ConstantInfo, DeclarationLocation, DeclarationRange, ExprTag, SMap, SyntaxNode,
} = require('./layouts.cjs');
const { LeanException } = require('./objects.cjs');
const { Serialiser } = require('./parts.cjs');
const { Terms } = require('./terms.cjs');

const SORRY = 'sorryAx';
/** Constants that turn into any proof, or into the word of a compiler. */
const FORBIDDEN = new Set([
  SORRY, 'Lean.reduceBool', 'Lean.reduceNat', 'Lean.ofReduceBool', 'Lean.ofReduceNat',
  'Lean.trustCompiler', 'lcProof', 'lcUnreachable', 'lcAny',
]);
const DECLARATION = 'Lean.Parser.Command.declaration';
const EXAMPLE = 'Lean.Parser.Command.example';
const DEFINITION = 'Lean.Parser.Command.definition';
const DECLARATION_NAME = 'Lean.Parser.Command.declId';
const EXAMPLE_NAME = 'bait_example';
const IN = 'Lean.Parser.Command.in';

class Reporter {
  constructor(lean, frontend, library) {
    Object.assign(this, { lean, frontend, library, objects: lean.objects });
    this.terms = new Terms(lean);
  }

  /**
   * Elaborates `text` as `Frontend.run` does, with a report.
   *
   * @returns {{state, base, messages, holes, replayed, report}} `replayed` is the environment
   *   (owned) that the kernel has built anew from the imports, or null if it refused something
   */
  run(text, previous) {
    const { objects: o } = this;
    const report = { commands: [], constants: [], kernel: '' };
    let progress = null;
    const result = this.frontend.run(text, previous, (step) => {
      progress ??= this.begin(previous, step, report);
      this.command(step, progress, report);
    });
    const replayed = progress?.replayed ?? (previous ? o.inc(this.replayedOf(previous)) : null);
    return { ...result, replayed, report };
  }

  /** Where a report starts: the constants that are known, and the kernel's own environment. */
  begin(previous, { before, base }, report) {
    const { objects: o } = this;
    const known = new Set(this.added(o.field(before, CommandState.env)).keys());
    try {
      const replayed = previous ? this.replayedOf(previous) : this.frontend.bases.get(base);
      return { known, replayed: o.inc(replayed) };
    } catch (error) {
      report.kernel = this.kernelError(error);
      return { known, replayed: null };
    }
  }

  /** The environment (borrowed) that the kernel has built anew for an entry; raises LeanException. */
  replayedOf(entry) {
    if (!entry.replayed) {
      const environment = this.objects.field(entry.state, CommandState.env);
      entry.replayed = this.replay(this.frontend.bases.get(entry.base), this.added(environment));
    }
    return entry.replayed;
  }

  command(step, progress, report) {
    const { objects: o } = this;
    const index = report.commands.length;
    report.commands.push({ kind: this.lean.syntaxKind(step.command), pos: step.pos });
    const environment = o.field(step.after, CommandState.env);
    const fresh = this.newConstants(environment, o.field(step.before, CommandState.env), progress);
    if (fresh.size > 0) {
      progress.replayed = this.check(progress.replayed, fresh, report);
      report.constants.push(...this.describe(environment, fresh, index));
      for (const name of fresh.keys()) progress.known.add(name);
      return;
    }
    const scratch = this.nameExample(step);
    if (scratch === null) return;
    const kept = o.field(scratch, CommandState.env);
    const own = this.newConstants(kept, o.field(step.before, CommandState.env), progress);
    const replayed = this.check(o.inc(progress.replayed ?? o.nil), own, report);
    if (replayed !== null) o.dec(replayed);
    report.constants.push(...this.describe(kept, own, index));
    o.dec(scratch);
  }

  newConstants(environment, before, { known }) {
    if (this.table(environment) === this.table(before)) return new Map();
    return new Map([...this.added(environment)].filter(([name]) => !known.has(name)));
  }

  // Constants of an environment -----------------------------------------------------------------

  /** The table (borrowed) of the constants that were added to an environment's imports. */
  table(environment) {
    const { lean, objects: o } = this;
    const constants = lean.call('l_Lean_Environment_constants', o.inc(environment));
    const table = o.field(constants, SMap.added);
    o.dec(constants);
    return table;
  }

  /** Name -> ConstantInfo (borrowed from the environment) of the constants that were added. */
  added(environment) {
    const { lean, objects: o } = this;
    const list = lean.call('l_Lean_PersistentHashMap_toList___redArg',
      o.inc(this.table(environment)));
    const found = new Map(o.listElements(list).map((pair) => (
      [lean.names.text(o.field(pair, 0)), o.field(pair, 1)]
    )));
    o.dec(list);
    return found;
  }

  // The kernel --------------------------------------------------------------------------------

  /** `replay` that takes its environment and notes an error in the report; null after an error. */
  check(replayed, constants, report) {
    if (report.kernel !== '') return null;
    try {
      return this.replay(replayed, constants);
    } catch (error) {
      report.kernel = this.kernelError(error);
      return null;
    } finally {
      this.objects.dec(replayed);
    }
  }

  kernelError(error) {
    if (!(error instanceof LeanException)) throw error;
    return this.lean.ioErrorText(error.object);
  }

  /**
   * Sends constants through the kernel, with default options, on top of an environment (borrowed):
   * Lean's own `Environment.replay`, as lean4checker does. Unsafe and partial ones are left out.
   */
  replay(environment, constants) {
    const { lean, objects: o } = this;
    const pairs = [...constants.values()].map((info) => (
      o.pair(o.inc(this.library.read(info).name), o.inc(info))
    ));
    const map = lean.call('l_Std_HashMap_ofList___redArg', o.inc(o.global('l_Lean_Name_instBEq')),
      o.inc(o.global('l_Lean_instHashableName')), o.list(pairs));
    return lean.io('l_Lean_Environment_replay', map, o.inc(environment));
  }

  // Descriptions ------------------------------------------------------------------------------

  describe(environment, constants, command) {
    return [...constants].sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, info]) => this.constant(environment, name, info, command));
  }

  constant(environment, name, info, command) {
    const { objects: o } = this;
    const { type, value, kind, name: leanName } = this.library.read(info);
    const used = { constants: new Set(), axioms: new Set(), sorries: [] };
    for (const term of value === null ? [type] : [type, value]) {
      this.use(environment, term, used);
    }
    if (kind === 'inductive') {
      const constructors = o.field(o.field(info, 0), ConstantInfo.inductive.constructors);
      o.listElements(constructors).forEach((n) => used.constants.add(this.lean.names.text(n)));
    }
    return {
      name,
      shown: this.shown(leanName),
      kind,
      type: this.hash(type),
      command,
      internal: this.isInternal(environment, leanName),
      uses: [...used.constants],
      axioms: [...used.axioms],
      sorries: used.sorries,
    };
  }

  /** The name as users know it: without the prefix of private ones. */
  shown(leanName) {
    const { lean, objects: o } = this;
    const name = lean.call('l_Lean_privateToUserName', o.inc(leanName));
    const text = lean.names.text(name);
    o.dec(name);
    return text;
  }

  isInternal(environment, leanName) {
    const { lean, objects: o } = this;
    const name = lean.call('l_Lean_privateToUserName', o.inc(leanName));
    const detail = o.unbox(lean.call('l_Lean_Name_isInternalDetail', name)) !== 0;
    return detail || o.unbox(lean.call('l_Lean_isReservedName', o.inc(environment),
      o.inc(leanName))) !== 0;
  }

  hash(type) {
    return createHash('sha256').update(Serialiser.closedTerm(this.terms, type)).digest('hex');
  }

  /** Notes what a term (borrowed) mentions: new constants, axioms of imports, each `sorry`. */
  use(environment, term, used) {
    const { lean, objects: o } = this;
    const labelled = new Set();
    this.terms.traverse(term, (e) => {
      if (o.tag(e) === ExprTag.app && this.isSorry(e, 3) && !labelled.has(e)) {
        const place = this.label(e);
        if (place !== null) {
          labelled.add(o.field(e, 0));
          used.sorries.push(place);
        }
      } else if (o.tag(e) === ExprTag.app && this.isSorry(e, 2) && !labelled.has(e)) {
        used.sorries.push(null);
      } else if (o.tag(e) === ExprTag.const) {
        this.useConstant(environment, lean.names.text(o.field(e, 0)), used);
      }
    });
  }

  useConstant(environment, name, used) {
    if (FORBIDDEN.has(name)) {
      if (name !== SORRY) used.axioms.add(name);
    } else if (!this.library.isImported(environment, name)) {
      used.constants.add(name);
    } else if (this.library.isImportedAxiom(environment, name)) {
      used.axioms.add(name);
    }
  }

  /** Whether a term is `sorryAx` with a number of arguments. */
  isSorry(expr, count) {
    const { objects: o } = this;
    let head = expr;
    for (let i = 0; i < count; i += 1) {
      if (o.tag(head) !== ExprTag.app) return false;
      head = o.field(head, 0);
    }
    return o.tag(head) === ExprTag.const && this.lean.names.text(o.field(head, 0)) === SORRY;
  }

  /** The place in the text of a `sorry` that Lean has labelled with it, or null. */
  label(expr) {
    const { lean, objects: o } = this;
    const view = lean.call('l_Lean_Meta_isLabeledSorry_x3f', o.inc(expr));
    if (o.isScalar(view)) return null;
    // SorryLabelView is its only field, an Option of a DeclarationLocation.
    const location = o.field(view, 0);
    const place = o.isScalar(location) ? null : this.frontend.position(o.field(
      o.field(o.field(location, 0), DeclarationLocation.range), DeclarationRange.pos,
    ));
    o.dec(view);
    return place;
  }

  // Examples ----------------------------------------------------------------------------------

  /**
   * Lean keeps nothing of an `example`. Elaborates the same as a definition with a name, which
   * takes variables as examples do: the Command.State (owned) after it, or null if the command is
   * no example.
   */
  nameExample({ input, command, position, before }) {
    const { objects: o } = this;
    const named = this.renamed(command);
    if (named === null) return null;
    const quiet = this.frontend.quiet(o.inc(before), { messages: [] });
    const state = this.frontend.elaborateCommand(input, named, position, quiet);
    o.dec(named);
    return state;
  }

  /** The syntax (owned) of a command with its example made a definition; null without one. */
  renamed(syntax) {
    const { lean, objects: o } = this;
    const kind = lean.syntaxKind(syntax);
    if (kind !== DECLARATION && kind !== IN && kind !== EXAMPLE) return null;
    const args = o.elements(o.field(syntax, SyntaxNode.args));
    if (kind !== EXAMPLE) {
      const last = this.renamed(args.at(-1));
      return last && this.node(syntax, kind, [...args.slice(0, -1).map((a) => o.inc(a)), last]);
    }
    const [, signature, value] = args.map((argument) => o.inc(argument));
    const name = this.node(syntax, DECLARATION_NAME, [
      lean.call('l_Lean_mkIdentFrom', o.inc(syntax), lean.names.make(EXAMPLE_NAME), o.box(0)),
      this.nothing(),
    ]);
    const keyword = lean.call('l_Lean_mkAtom', o.string('def'));
    return this.node(syntax, DEFINITION, [keyword, name, signature, value, this.nothing()]);
  }

  nothing() {
    return this.lean.call('l_Lean_mkNullNode', this.objects.array([]));
  }

  node(like, kind, args) {
    const { lean, objects: o } = this;
    return o.copyWith(like, SyntaxNode, {
      [SyntaxNode.kind]: lean.names.make(kind), [SyntaxNode.args]: o.array(args),
    });
  }
}

module.exports = { FORBIDDEN, Reporter };

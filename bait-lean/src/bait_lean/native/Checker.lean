import Lean.AddDecl
import Lean.Data.Json
import Lean.DeclarationRange
import Lean.Meta.Sorry

/-!
What a compiled file adds to its imports, as one line of JSON on standard output.

    lake env lean --run Checker.lean FILE.olean [FILE.olean.server FILE.olean.private]

The file is read as data. It is never imported, so neither its code nor its initializers run, and
none of its options or environment extensions reaches the kernel here. Its imports are trusted.
The line is a `TextReport` of bait_lean/process/reports.py, but for `type` and `value`: those are whole
terms, written so that names of binders and metadata don't matter. Who reads them makes the hashes.

For Lean 4.22 and later: what has changed since is not used.
-/

set_option linter.all false

open Lean

namespace Bait

/-! ## The file -/

/-- What is known of the file. -/
structure File where
  /-- What it adds, in order of position. -/
  added : Array ConstantInfo
  byName : Std.HashMap Name ConstantInfo
  ranges : Std.HashMap Name DeclarationRanges
  imported : Kernel.Environment

unsafe def rangesImpl (entries : Array EnvExtensionEntry) : Array (Name × DeclarationRanges) :=
  unsafeCast entries

/-- The entries of the extension for declaration ranges. -/
@[implemented_by rangesImpl]
opaque rangesOf (entries : Array EnvExtensionEntry) : Array (Name × DeclarationRanges)

def readRanges (parts : Array ModuleData) : Std.HashMap Name DeclarationRanges := Id.run do
  let mut ranges : Std.HashMap Name DeclarationRanges := {}
  for part in parts do
    for (extension, entries) in part.entries do
      if extension == ``Lean.declRangeExt then
        for (name, range) in rangesOf entries do
          ranges := ranges.insert name range
  return ranges

/-- Where the declaration of a constant begins, or of the nearest parent that has a range. -/
partial def File.nearest? (file : File) (name : Name) : Option Position :=
  match file.ranges[name]? with
  | some ranges => some ranges.range.pos
  | none => if name.isAnonymous then none else file.nearest? name.getPrefix

/-- The same; the parent of a private lemma may be public. -/
def File.position? (file : File) (name : Name) : Option Position :=
  file.nearest? name <|> file.nearest? (privateToUserName name)

/-- Whether Lean made a constant for another one. -/
def File.isAuxiliary (file : File) (name : Name) : Bool :=
  (privateToUserName name).isInternalDetail || !file.ranges.contains name

/-- Constants in order of position, then of name: a file keeps them in no order at all. -/
def sortByPosition (file : File) : File :=
  let keyed := file.added.map fun info =>
    let position := (file.position? info.name).getD ⟨0, 0⟩
    (position.line, position.column, toString info.name, info)
  let sorted := keyed.qsort fun (line, column, name, _) (line', column', name', _) =>
    line < line' || line == line' && (column < column' || column == column' && name < name')
  { file with added := sorted.map fun (_, _, _, info) => info }

/-- Whether the text of a name tells its components. -/
def isReadable : Name → Bool
  | .anonymous => true
  | .str parent part => !part.contains '»' && isReadable parent
  | .num parent _ => isReadable parent

/-- Refuse what no honest file has: the report speaks of constants by the texts of their names. -/
def checkNames (data : ModuleData) : IO Unit := do
  unless data.constNames == data.constants.map (·.name) do
    throw <| IO.userError "the names in the compiled file are not those of its constants"
  let mut seen : NameSet := {}
  for name in data.constNames do
    unless isReadable name do throw <| IO.userError s!"no name can be written as {name}"
    let shown := Name.mkSimple (toString name)
    if seen.contains shown then
      throw <| IO.userError s!"two constants of the compiled file are called {name}"
    seen := seen.insert shown

/-- Read the file's parts (the last one tells all constants) and import what it imports. -/
def readFile (paths : Array System.FilePath) : IO File := do
  let parts := (← readModuleDataParts paths).map (·.1)
  let some data := parts.back? | throw <| IO.userError "no file was named"
  checkNames data
  let environment ← importModules data.imports {} (trustLevel := 0)
  return sortByPosition {
    added := data.constants
    byName := data.constants.foldl (init := {}) fun map info => map.insert info.name info
    ranges := readRanges parts
    imported := environment.toKernelEnv
  }

/-! ## What constants are and mention -/

def kind : ConstantInfo → String
  | .axiomInfo _ => "axiom"
  | .defnInfo _ => "def"
  | .thmInfo _ => "theorem"
  | .opaqueInfo _ => "opaque"
  | .quotInfo _ => "quot"
  | .inductInfo _ => "inductive"
  | .ctorInfo _ => "constructor"
  | .recInfo _ => "recursor"

/-- The terms of a constant. -/
def terms : ConstantInfo → List Expr
  | .defnInfo info => [info.type, info.value]
  | .thmInfo info => [info.type, info.value]
  | .opaqueInfo info => [info.type, info.value]
  | .recInfo info => info.type :: info.rules.map (·.rhs)
  | info => [info.type]

/-- Names that belong to a constant without being in its terms. -/
def companions : ConstantInfo → List Name
  | .inductInfo info => info.all ++ info.ctors
  | .ctorInfo info => [info.induct]
  | .recInfo info => info.all
  | _ => []

/-- The constants that a constant mentions, each once. -/
def mentions (info : ConstantInfo) : Array Name := Id.run do
  let mut seen : NameSet := ({} : NameSet).insert info.name
  let mut names := #[]
  for name in companions info ++ (terms info).flatMap (·.getUsedConstants.toList) do
    unless seen.contains name do
      seen := seen.insert name
      names := names.push name
  return names

/-! ## Axioms that are reached through imports -/

/-- No axioms, but what rests on them trusts the compiler. -/
def trusting : List Name := [
  `Lean.reduceBool, `Lean.reduceNat, `Lean.ofReduceBool, `Lean.ofReduceNat, `Lean.trustCompiler,
  `lcProof, `lcUnreachable, `lcAny]

/-- For each imported constant that was looked at, what it reaches: a bit for each of `names`. -/
structure Reach where
  names : Array Name := #[]
  bits : Std.HashMap Name Nat := {}

/-- A constant whose mentions are being followed. -/
structure Visit where
  name : Name
  mentions : Array Name
  next : Nat := 0
  bits : Nat := 0

/--
What an imported constant mentions. An inductive type stands for its whole block, so that the
graph has no cycles.
-/
def importedMentions (env : Kernel.Environment) (name : Name) : Array Name := Id.run do
  match env.find? name with
  | some (.inductInfo info) =>
    let mut names := #[]
    for type in info.all do
      let some (.inductInfo member) := env.find? type | continue
      names := names ++ member.type.getUsedConstants
      for ctor in member.ctors do
        names := names ++ ((env.find? ctor).map (·.type.getUsedConstants)).getD #[]
    return names.filter (!info.all.contains ·)
  | some info => return mentions info
  | none => return #[]

def isMark (env : Kernel.Environment) (name : Name) : Bool :=
  trusting.contains name || (env.find? name) matches some (.axiomInfo _)

/-- Begin with a constant that has not been looked at. -/
def Reach.enter (reach : Reach) (env : Kernel.Environment) (name : Name) : Reach × Visit :=
  let visit : Visit := { name, mentions := importedMentions env name }
  -- The entry is there from the start: unsafe constants may mention each other.
  if isMark env name then
    let bits := 1 <<< reach.names.size
    ({ names := reach.names.push name, bits := reach.bits.insert name bits }, { visit with bits })
  else
    ({ reach with bits := reach.bits.insert name 0 }, visit)

/-- Look at an imported constant and all below it. No recursion: libraries are deep. -/
def Reach.follow (reach : Reach) (env : Kernel.Environment) (root : Name) : Reach := Id.run do
  if reach.bits.contains root then return reach
  let (first, visit) := reach.enter env root
  let mut reach := first
  let mut stack := #[visit]
  while !stack.isEmpty do
    let some top := stack.back? | break
    stack := stack.pop
    if let some name := top.mentions[top.next]? then
      let top := { top with next := top.next + 1 }
      if let some bits := reach.bits[name]? then
        stack := stack.push { top with bits := top.bits ||| bits }
      else
        let (entered, visit) := reach.enter env name
        reach := entered
        stack := (stack.push top).push visit
    else
      reach := { reach with bits := reach.bits.insert top.name top.bits }
      if let some parent := stack.back? then
        stack := stack.pop.push { parent with bits := parent.bits ||| top.bits }
  return reach

/-- What lies below an imported constant that was looked at. -/
def Reach.axioms (reach : Reach) (name : Name) : List Name :=
  let bits := reach.bits.getD name 0
  reach.names.toList.zipIdx.filterMap fun (axiom', index) =>
    if bits.testBit index then some axiom' else none

/-! ## Terms as texts -/

/-- A name, so that no two have the same text. -/
def nameText : Name → String
  | .anonymous => ""
  | .str parent part => s!"{nameText parent}.{part.quote}"
  | .num parent part => s!"{nameText parent}.{part}"

def levelText : Level → String
  | .zero => "0"
  | .succ level => s!"S({levelText level})"
  | .max left right => s!"M({levelText left},{levelText right})"
  | .imax left right => s!"I({levelText left},{levelText right})"
  | .param name => s!"P{nameText name}"
  | .mvar id => s!"V{nameText id.name}"

/-- The subterms so far, each once: a text that refers to those before by number. -/
structure Writer where
  lines : Array String := #[]
  numbers : Std.HashMap String Nat := {}
  known : Std.HashMap Expr Nat := {}

def addLine (line : String) : StateM Writer Nat := do
  let writer ← get
  if let some number := writer.numbers[line]? then return number
  let number := writer.lines.size
  set { writer with lines := writer.lines.push line, numbers := writer.numbers.insert line number }
  return number

/-- What an auxiliary theorem says; its name depends on the declaration that needs it first. -/
def File.statement? (file : File) (name : Name) : Option Expr :=
  match file.byName[name]? with
  | some (.thmInfo info) => if file.isAuxiliary name then some info.type else none
  | _ => none

/-- The number of a term. -/
partial def File.write (file : File) (term : Expr) : StateM Writer Nat := do
  if let some number := (← get).known[term]? then return number
  let number ← match term with
    | .mdata _ inner => file.write inner
    | .bvar index => addLine s!"b{index}"
    | .fvar id => addLine s!"f{nameText id.name}"
    | .mvar id => addLine s!"m{nameText id.name}"
    | .sort level => addLine s!"s{levelText level}"
    | .const name levels =>
      match file.statement? name with
      | some statement => do addLine s!"q{← file.write statement} {levels.map levelText}"
      | none => addLine s!"c{nameText name} {levels.map levelText}"
    | .app function argument => do addLine s!"a{← file.write function} {← file.write argument}"
    | .lam _ type body _ => do addLine s!"l{← file.write type} {← file.write body}"
    | .forallE _ type body _ => do addLine s!"p{← file.write type} {← file.write body}"
    | .letE _ type value body _ =>
      do addLine s!"e{← file.write type} {← file.write value} {← file.write body}"
    | .lit (.natVal value) => addLine s!"n{value}"
    | .lit (.strVal value) => addLine s!"t{value.quote}"
    | .proj structure' index inner =>
      do addLine s!"j{nameText structure'} {index} {← file.write inner}"
  modify fun writer => { writer with known := writer.known.insert term number }
  return number

/-- A term of a constant, with the names of the constant's universes. -/
def File.termText (file : File) (info : ConstantInfo) (term : Expr) : String :=
  let (_, writer) := (file.write term).run {}
  let universes := info.levelParams.map nameText
  String.intercalate "\n" (s!"u{universes}" :: writer.lines.toList)

/-- The value of a definition. -/
def File.valueText (file : File) (info : ConstantInfo) : String :=
  match info with
  | .defnInfo definition => file.termText info definition.value
  | .opaqueInfo definition => file.termText info definition.value
  | _ => ""

/-! ## Holes -/

structure Sorries where
  seen : Std.HashSet Expr := {}
  found : Array (Option Position) := #[]

/-- Collect the labels of the `sorry`s of a term; none where Lean left no label. -/
partial def collectSorries (term : Expr) : StateM Sorries Unit := do
  if (← get).seen.contains term then return
  modify fun state => { state with seen := state.seen.insert term }
  match term with
  | .app .. | .const .. =>
    if term.getAppFn.isConstOf ``sorryAx then
      let place := do return (← (← Meta.isLabeledSorry? term).module?).range.pos
      modify fun state => { state with found := state.found.push place }
    else if term.isApp then
      collectSorries term.getAppFn
    term.getAppArgs.forM collectSorries
  | .lam _ type body _ | .forallE _ type body _ => collectSorries type; collectSorries body
  | .letE _ type value body _ => collectSorries type; collectSorries value; collectSorries body
  | .mdata _ inner | .proj _ _ inner => collectSorries inner
  | _ => return

def sorries (info : ConstantInfo) : Array (Option Position) :=
  let (_, state) := ((terms info).forM collectSorries).run {}
  state.found

/-! ## The kernel -/

structure Replay where
  env : Kernel.Environment
  done : NameSet := {}

/-- The declaration from which the kernel made a constant; none for what comes with another's. -/
def declaration? (file : File) : ConstantInfo → IO (Option Declaration)
  | .axiomInfo info => return some (.axiomDecl info)
  | .defnInfo info => return some (.defnDecl info)
  | .thmInfo info => return some (.thmDecl info)
  | .opaqueInfo info => return some (.opaqueDecl info)
  | .quotInfo _ => return some .quotDecl
  | .inductInfo info => do
    let find (name : Name) : IO ConstantInfo := do
      let some found := file.byName[name]?
        | throw <| IO.userError s!"{name}, which belongs to {info.name}, is missing"
      return found
    let types ← info.all.mapM fun name => do
      let .inductInfo type ← find name | throw <| IO.userError s!"{name} is not inductive"
      let ctors ← type.ctors.mapM fun ctor => do
        return ({ name := ctor, type := (← find ctor).type } : Constructor)
      return ({ name, type := type.type, ctors } : InductiveType)
    return some (.inductDecl info.levelParams info.numParams types info.isUnsafe)
  | .ctorInfo _ | .recInfo _ => return none

/-- What must be in the environment before a constant. -/
def before (file : File) (info : ConstantInfo) : Array Name := Id.run do
  let .inductInfo induct := info | return mentions info
  let mut names := #[]
  for type in induct.all do
    let some (.inductInfo member) := file.byName[type]? | continue
    for name in type :: member.ctors do
      let some constant := file.byName[name]? | continue
      names := names ++ constant.type.getUsedConstants
  return names.filter (!induct.all.contains ·)

/-- A lemma that Lean makes on demand, in an import and in this file: the library's will do. -/
def isImportedLemma (env : Kernel.Environment) (info : ConstantInfo) : Bool :=
  match info, env.find? info.name with
  | .thmInfo here, some (.thmInfo there) =>
    here.type == there.type && here.levelParams == there.levelParams
  | _, _ => false

/-- Send a constant to the kernel, after those that it needs. -/
partial def replay (file : File) (name : Name) : StateRefT Replay IO Unit := do
  let some info := file.byName[name]? | return
  if info.isUnsafe || info.isPartial || (← get).done.contains name then return
  if isImportedLemma file.imported info then return
  let together := match info with
    | .inductInfo induct => induct.all
    | _ => [name]
  modify fun state => { state with done := together.foldl (·.insert ·) state.done }
  (before file info).forM (replay file)
  if let some declaration ← declaration? file info then
    -- The kernel's limit is for all that the thread has done since this was set.
    IO.setNumHeartbeats 0
    match (← get).env.addDecl {} declaration with
    | .ok env => modify ({ · with env })
    | .error error => throw <| IO.userError s!"{name}: {← (error.toMessageData {}).toString}"

/--
The environment of the kernel must hold the very same constants; constructors and recursors are
the kernel's own work.
-/
def checkSame (env : Kernel.Environment) (info : ConstantInfo) : IO Unit := do
  if info.isUnsafe || info.isPartial then return
  let same := match info, env.find? info.name with
    | .inductInfo here, some (.inductInfo there) =>
      here.type == there.type && here.levelParams == there.levelParams && here.all == there.all &&
        here.ctors == there.ctors && here.numParams == there.numParams
    | .ctorInfo here, some (.ctorInfo there) => here == there
    | .recInfo here, some (.recInfo there) => here == there
    | here, some there =>
      kind here == kind there && here.levelParams == there.levelParams && here.type == there.type
    | _, none => false
  unless same do throw <| IO.userError s!"{info.name}: the kernel makes another constant of it"

/-- What the kernel objects to, empty if nothing; and what it has built of the file until then. -/
def replayAll (file : File) : IO (String × Kernel.Environment) := do
  try
    let (_, state) ← StateRefT'.run (s := { env := file.imported : Replay }) do
      file.added.forM fun info => replay file info.name
    file.added.forM (checkSame state.env)
    return ("", state.env)
  catch error => return (toString error, file.imported)

/--
Whether the type of a constant is a proposition: whether the kernel takes the constant itself for
the proof of a theorem that says the same.
-/
def proves (env : Kernel.Environment) (info : ConstantInfo) : IO Bool := do
  IO.setNumHeartbeats 0
  let value := Expr.const info.name (info.levelParams.map Level.param)
  let type := info.type
  let restated : TheoremVal :=
    { name := info.name.str "_bait_restated", levelParams := info.levelParams, type, value }
  return (env.addDecl {} (.thmDecl restated)).toBool

/-! ## The report -/

def place : Option Position → Json
  | none => Json.null
  | some position => Json.mkObj [("line", toJson position.line), ("column", toJson position.column)]

def names (list : List Name) : Json := toJson (list.map toString)

def File.describe (file : File) (reach : Reach) (isProof : Bool) (info : ConstantInfo) : Json :=
  let (own, imported) := (mentions info).toList.partition file.byName.contains
  let axioms := (imported.filter (· != ``sorryAx)).flatMap reach.axioms
  Json.mkObj [
    ("name", toString info.name),
    ("kind", kind info),
    ("type", file.termText info info.type),
    ("value", file.valueText info),
    ("position", place (file.position? info.name)),
    ("internal", file.isAuxiliary info.name),
    ("unsafe", info.isUnsafe || info.isPartial),
    ("uses", names own),
    ("axioms", names axioms.eraseDups),
    ("sorries", Json.arr ((sorries info).map place)),
    ("proves", isProof)]

def File.report (file : File) : IO Json := do
  let imported := file.added.flatMap mentions |>.filter (!file.byName.contains ·)
  let reach := imported.foldl (init := ({} : Reach)) (·.follow file.imported ·)
  let (objection, env) ← replayAll file
  let constants ← file.added.mapM fun info => do
    return file.describe reach (← proves env info) info
  return Json.mkObj [("constants", Json.arr constants), ("kernel", objection)]

end Bait

def main (paths : List String) : IO Unit := do
  initSearchPath (← findSysroot)
  let file ← Bait.readFile (paths.toArray.map fun path => ⟨path⟩)
  IO.println (← file.report).compress

"""Corrections of the SQL that Ibis 12 writes for an engine, where it has another meaning there or none.

An expression must give on every engine what it gives on DuckDB. Where one form means the same on all engines,
`scoring` uses that form; the rest is here.
"""

from __future__ import annotations

from math import isfinite
from typing import Any, ClassVar

import ibis.expr.datatypes as dt
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler


class SparkCompiler(PySparkCompiler):
    """The compiler to Spark SQL."""

    __slots__ = ()

    def visit_Strip(self, op: Any, *, arg: Any) -> Any:
        """Strip blanks around a text, and no letters."""
        # Spark reads the escapes of a vertical tab and a form feed as the letters v and f, and would strip those.
        blanks = self.f.concat(sge.convert(" \t\n\r"), self.f.chr(11), self.f.chr(12))
        return sge.Trim(this=arg, expression=blanks)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        """Write a float with an exponent: without one it is a decimal, and so are sums of it."""
        if dtype.is_floating() and isfinite(value):
            written = repr(float(value))
            return sge.Literal.number(written if "e" in written else f"{written}e0")
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Keep the offset of a text that is read as a time: a plain timestamp has no zone here, and would drop it."""
        if op.arg.dtype.is_string() and to.is_timestamp() and to.timezone is not None:
            return sge.TryCast(this=arg, to=sge.DataType(this=sge.DataType.Type.TIMESTAMPLTZ), safe=True)
        return super().visit_TryCast(op, arg=arg, to=to)


#: The function that `try_cast` calls in PostgreSQL, by type: PostgreSQL has no such cast.
TRY = {dt.float64: "try_float8", dt.int64: "try_int8", dt.boolean: "try_boolean"}
_TRY_TIME = "try_timestamptz"
FUNCTIONS = tuple(
    f"""CREATE OR REPLACE FUNCTION pg_temp.{name}(cell text) RETURNS {kind} LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN cell::{kind}; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$"""
    for name, kind in (*((name, name.removeprefix("try_")) for name in TRY.values()), (_TRY_TIME, "timestamptz"))
)


class PostgresqlCompiler(PostgresCompiler):
    """The compiler to PostgreSQL, with texts in the order of their bytes: databases differ in their order."""

    __slots__ = ()
    #: The operations of Ibis are methods already; named here again, they would replace the methods below.
    SIMPLE_OPS: ClassVar[dict[Any, str]] = {}

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:
        """Write a float as a double: for PostgreSQL a number with a point is a decimal."""
        if dtype.is_floating() and isfinite(value):
            return sge.cast(sge.convert(repr(float(value))), sge.DataType.Type.DOUBLE)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Give null for a text that cannot be cast; the plain cast that Ibis writes fails."""
        found = op.arg.dtype
        if not found.is_string():
            if found.is_boolean() and to.is_floating():
                arg = self.cast(arg, dt.int32)
            if found.is_floating() and to.is_integer():
                arg = self.if_(self.f.abs(arg) < 9e18, arg, sge.null())
            return self.cast(arg, to)
        name = _TRY_TIME if to.is_timestamp() else TRY[to(nullable=True)]
        return self.f[f"pg_temp.{name}"](arg)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Cast true and false to 1 and 0 in a number of any type."""
        if op.arg.dtype.is_boolean() and to.is_numeric():
            return self.cast(self.cast(arg, dt.int32), to)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_RegexSearch(self, op: Any, *, arg: Any, pattern: Any) -> Any:
        """Search with the name that PostgreSQL has for a letter of any script."""
        if isinstance(pattern, sge.Literal):
            pattern = sge.convert(pattern.this.replace(r"\p{L}", "[[:alpha:]]"))
        return super().visit_RegexSearch(op, arg=arg, pattern=pattern)

    def visit_JoinChain(self, op: Any, *, first: Any, rest: Any, values: Any) -> Any:
        """Ask whether there is a row, for a semi or an anti join: Ibis leaves those in shared parts of a query."""
        found = sg.select(*self._cleanup_names(values), copy=False).from_(first, copy=False)
        for link in (part.this if isinstance(part, sge.Alias) else part for part in rest):
            if link.kind not in ("SEMI", "ANTI"):
                found = found.join(link, copy=False)
                continue
            there = sge.Exists(this=sg.select(sge.convert(1)).from_(link.this).where(link.args["on"]))
            found = found.where(there if link.kind == "SEMI" else sge.Not(this=there), copy=False)
        return found

    def visit_HexDigest(self, op: Any, *, arg: Any, how: str) -> Any:
        """Hash the bytes of a text in UTF-8, as other engines do, whatever the encoding of the database; only MD5."""
        if how != "md5" or not op.arg.dtype.is_string():
            raise NotImplementedError(f"{how} of {op.arg.dtype}")
        return self.f.md5(self.f.convert_to(arg, "UTF8"))

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        """Round half away from zero; PostgreSQL rounds half to even."""
        if not op.dtype.is_integer():
            return super().visit_Round(op, arg=arg, digits=digits)
        return self.cast(self.f.sign(arg) * self.f.floor(self.f.abs(arg) + sge.convert(0.5)), op.dtype)

    def visit_FloorDivide(self, op: Any, *, left: Any, right: Any) -> Any:
        """Divide and round down, exactly; PostgreSQL divides integers towards zero."""
        if op.left.dtype.is_integer() and op.right.dtype.is_integer():
            left = self.cast(left, dt.Decimal(38, 0))
            return self.cast(self.f.floor(left / right), op.dtype)
        return super().visit_FloorDivide(op, left=left, right=right)

    def visit_SortKey(self, op: Any, *, arg: Any, ascending: bool, nulls_first: bool) -> Any:
        """Sort in the order of bytes."""
        arg = _by_bytes(arg, op.arg.dtype)
        return super().visit_SortKey(op, arg=arg, ascending=ascending, nulls_first=nulls_first)

    def visit_Min(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Take the first in the order of bytes."""
        return super().visit_Min(op, arg=_by_bytes(arg, op.arg.dtype), where=where)

    def visit_Max(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Take the last in the order of bytes."""
        return super().visit_Max(op, arg=_by_bytes(arg, op.arg.dtype), where=where)

    def visit_ArgMin(self, op: Any, *, arg: Any, key: Any, where: Any) -> Any:
        """Take the value of the first in the order of bytes."""
        return super().visit_ArgMin(op, arg=arg, key=_by_bytes(key, op.key.dtype), where=where)

    def visit_ArgMax(self, op: Any, *, arg: Any, key: Any, where: Any) -> Any:
        """Take the value of the last in the order of bytes."""
        return super().visit_ArgMax(op, arg=arg, key=_by_bytes(key, op.key.dtype), where=where)


def _by_bytes(arg: Any, kind: Any) -> Any:
    return sge.Collate(this=arg, expression=sge.to_identifier("C", quoted=True)) if kind.is_string() else arg

// expect: DENALI003 0
// SPDX-License-Identifier: MIT
internal interface IVisitor
{
    void Visit<T>(T value);
}

internal static class Case
{
    private static int Main() => 0;
}

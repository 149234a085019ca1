// SPDX-License-Identifier: MIT
// expect: DENALI003 0
internal interface IVisitor
{
    void Visit<T>(T value);
}

internal static class Case
{
    private static int Main() => 0;
}

// SPDX-License-Identifier: MIT
// expect: DENALI003 5
internal class Base
{
    public virtual int Size<T>() => 0;
}

internal static class Case
{
    private static int Main() => new Base().Size<int>();
}

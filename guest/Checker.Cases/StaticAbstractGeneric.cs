// SPDX-License-Identifier: MIT
// expect: nothing
internal interface IFactory<TSelf>
    where TSelf : IFactory<TSelf>
{
    static abstract int Size<T>();
}

internal static class Case
{
    private static int Main() => 0;
}

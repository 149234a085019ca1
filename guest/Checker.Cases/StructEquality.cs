// SPDX-License-Identifier: MIT
// expect: DENALI009 14
internal struct Point
{
    public int X;
}

internal static class Case
{
    private static int Main()
    {
        Point a = default;
        Point b = default;
        return a.Equals(b) ? 0 : 1;
    }
}

// SPDX-License-Identifier: MIT
// expect: DENALI004 8
internal static class Case
{
    [System.ThreadStatic]
    private static int s_depth;

    private static int Main() => s_depth;
}

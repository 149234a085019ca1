// expect: DENALI007 7
// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

internal static class Case
{
    private static int Main() => puts("text");

    [DllImport("*")]
    private static extern int puts(string text);
}

// SPDX-License-Identifier: MIT
// expect: DENALI007 7
using System.Runtime.InteropServices;

internal static class Case
{
    private static int Main() => puts("text");

    [DllImport("*")]
    private static extern int puts(string text);
}

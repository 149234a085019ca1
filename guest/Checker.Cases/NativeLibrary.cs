// SPDX-License-Identifier: MIT
// expect: DENALI007 7
using System.Runtime.InteropServices;

internal static class Case
{
    private static int Main() => getpid();

    [DllImport("libc")]
    private static extern int getpid();
}

// expect: DENALI008 5
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main(string[] args) => args.Length;
}

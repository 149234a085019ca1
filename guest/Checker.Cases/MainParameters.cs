// SPDX-License-Identifier: MIT
// expect: DENALI008 5
internal static class Case
{
    private static int Main(string[] args) => args.Length;
}

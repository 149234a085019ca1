// SPDX-License-Identifier: MIT
// expect: CS1061 5
internal static class Case
{
    private static int Main() => typeof(Case).GetMethods().Length;
}

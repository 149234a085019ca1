// expect: CS1061 5
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main() => typeof(Case).GetMethods().Length;
}

// SPDX-License-Identifier: MIT
// expect: DENALI005 7
internal static class Case
{
    private static int Main()
    {
        int[,] grid = new int[3, 4];
        return grid[0, 0];
    }
}

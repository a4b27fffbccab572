using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VmPowerManager.Storage.Migrations
{
    /// <inheritdoc />
    public partial class BatteryLife : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "BatteryLifeYears",
                table: "Ups",
                type: "REAL",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "BatteryLifeYears",
                table: "Ups");
        }
    }
}
